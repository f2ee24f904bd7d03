import { credentialKey } from "../content/credentials.ts";
import type { TargetFacts } from "../plan/preflight.ts";
import type { N8nTables } from "./tables.ts";

/** An environment's credentials: names by id, and ids by type and name. Their content is not read. */
export interface KnownCredentials {
  readonly names: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

export async function readCredentials({ session, of }: N8nTables): Promise<KnownCredentials> {
  const rows = await session.query<{ id: string; type: string; name: string }>(
    `SELECT id, type, name FROM ${of("credentials_entity")} ORDER BY id`,
  );
  return knownCredentials(rows);
}

/** The same from rows, wherever they come from. */
export function knownCredentials(
  rows: readonly { readonly id: string; readonly type: string; readonly name: string }[],
): KnownCredentials {
  const ids = Map.groupBy(rows, credentialKey);
  return {
    names: new Map(rows.map(({ id, name }) => [id, name])),
    ids: new Map([...ids].map(([key, found]) => [key, found.map(({ id }) => id)])),
  };
}

/** Everything that workflows may need of where they go to. */
export async function readFacts(tables: N8nTables, { ids }: KnownCredentials): Promise<TargetFacts> {
  const { session, of, has } = tables;
  const workflows = await session.query<{ id: string }>(`SELECT id FROM ${of("workflow_entity")}`);
  const webhooks = await session.query<{ address: string; workflowId: string }>(
    `SELECT method || ' /webhook/' || "webhookPath" AS address, "workflowId" FROM ${of("webhook_entity")}`,
  );
  const packages = has("installed_packages", "packageName")
    ? await session.query<{ name: string }>(`SELECT "packageName" AS name FROM ${of("installed_packages")}`)
    : [];
  return {
    credentials: ids,
    workflows: new Set(workflows.map(({ id }) => id)),
    webhooks: new Map(webhooks.map(({ address, workflowId }) => [address, workflowId])),
    packages: new Set(packages.map(({ name }) => name)),
    version: tables.version,
  };
}
