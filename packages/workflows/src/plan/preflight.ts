import { callsOf } from "../content/calls.ts";
import { type CredentialRef, credentialKey, credentialsOf } from "../content/credentials.ts";
import { webhooksOf } from "../content/webhooks.ts";
import type { Migration } from "../file/migration.ts";

/** What a target has that workflows need. */
export interface TargetFacts {
  /** Ids of its credentials by `credentialKey`. */
  readonly credentials: ReadonlyMap<string, readonly string[]>;
  /** Ids of its workflows. */
  readonly workflows: ReadonlySet<string>;
  /** Workflows that answer at an address, by `webhooksOf`. */
  readonly webhooks: ReadonlyMap<string, string>;
  /** Names of its packages of community nodes. */
  readonly packages: ReadonlySet<string>;
  /** n8n's. */
  readonly version: string;
}

/** Something that a workflow needs and the target lacks. */
export interface Lack {
  readonly kind: "credential" | "ambiguous" | "workflow" | "webhook" | "node-type" | "version";
  readonly migration: string;
  readonly message: string;
  readonly next: string;
  /** For a missing one. */
  readonly credential?: CredentialRef;
}

/** What comes with n8n itself. */
const ownPackages: ReadonlySet<string> = new Set(["n8n-nodes-base", "@n8n/n8n-nodes-langchain"]);

/**
 * Look whether everything that workflows need is where they go to, before any of them is written. Pure.
 * @param migrations those that will be applied
 * @param willBeLive of a workflow's id
 */
export function preflight(
  migrations: readonly Migration[],
  facts: TargetFacts,
  willBeLive: (migration: Migration) => boolean,
): Lack[] {
  const arriving = new Set(migrations.map(({ workflowId }) => workflowId));
  return [
    ...migrations.flatMap((migration) => [
      ...versionLacks(migration, facts),
      ...credentialLacks(migration, facts),
      ...callLacks(migration, facts, arriving),
      ...nodeLacks(migration, facts),
    ]),
    ...webhookLacks(migrations.filter(willBeLive), facts),
  ];
}

function versionLacks({ name, n8nVersion }: Migration, { version }: TargetFacts): Lack[] {
  if (major(n8nVersion) === major(version)) return [];
  return [
    {
      kind: "version",
      migration: name,
      message: `${name} was made by n8n ${n8nVersion}, here is ${version}`,
      next: "Bring both to the same major version first",
    },
  ];
}

function credentialLacks({ name, content }: Migration, { credentials }: TargetFacts): Lack[] {
  return credentialsOf(content.nodes).flatMap((credential): Lack[] => {
    const found = credentials.get(credentialKey(credential)) ?? [];
    const words = `"${credential.name}" (${credential.type})`;
    if (found.length === 0) {
      return [
        {
          kind: "credential",
          migration: name,
          message: `"${content.name}" needs the credential ${words}, which is not here`,
          next: "Make it in n8n under this name, or let an empty one be made: --create-stubs",
          credential,
        },
      ];
    }
    if (found.length === 1) return [];
    return [
      {
        kind: "ambiguous",
        migration: name,
        message: `"${content.name}" needs the credential ${words}, and ${found.length} are called so here`,
        next: "Rename the others in n8n",
      },
    ];
  });
}

function callLacks({ name, content }: Migration, { workflows }: TargetFacts, arriving: ReadonlySet<string>): Lack[] {
  const gone = callsOf(content).filter((id) => !workflows.has(id) && !arriving.has(id));
  return gone.map((id) => ({
    kind: "workflow",
    migration: name,
    message: `"${content.name}" calls workflow ${id}, which is not here`,
    next: "Make a migration of it too: pnpm n8n:create-migration … --with-dependencies",
  }));
}

function nodeLacks({ name, content }: Migration, { packages }: TargetFacts): Lack[] {
  const needed = new Set(content.nodes.map(({ type }) => type.slice(0, Math.max(type.lastIndexOf("."), 0))));
  const gone = [...needed].filter((wanted) => !ownPackages.has(wanted) && !packages.has(wanted));
  return gone.map((wanted) => ({
    kind: "node-type",
    migration: name,
    message: `"${content.name}" has nodes of ${wanted || "no package"}, which is not installed here`,
    next: "Install it under Settings, Community nodes",
  }));
}

function webhookLacks(live: readonly Migration[], { webhooks }: TargetFacts): Lack[] {
  const taken = new Map(webhooks);
  // What a migration changes is not in its own way, nor in that of others any more.
  const changing = new Set(live.map(({ workflowId }) => workflowId));
  for (const [address, owner] of webhooks) if (changing.has(owner)) taken.delete(address);
  const newest = new Map(live.map((migration) => [migration.workflowId, migration]));
  return [...newest.values()].flatMap(({ name, workflowId, content }) =>
    webhooksOf(content).flatMap((address): Lack[] => {
      const owner = taken.get(address) ?? workflowId;
      taken.set(address, owner);
      if (owner === workflowId) return [];
      return [
        {
          kind: "webhook",
          migration: name,
          message: `"${content.name}" answers at ${address}, as workflow ${owner} does, and only one of them can`,
          next: "Give one of them another path",
        },
      ];
    }),
  );
}

function major(version: string): string {
  return version.split(".")[0] ?? "";
}
