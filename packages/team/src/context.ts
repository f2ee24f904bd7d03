import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { listDatabases, type Side } from "@understudy/data";
import { type DesiredStack, keptVolumes, readDataFacts, type Target } from "@understudy/environment";
import type { Metadata } from "./archive/metadata.ts";
import type { Local } from "./plan/compatibility.ts";
import { migrationOf } from "./services.ts";

/** Version of this checkout. */
export function understudyVersion(): string {
  const { version } = JSON.parse(readFileSync(join(sourceRoot, "package.json"), "utf8")) as { version: string };
  return version;
}

/** Image and version of each service, as the compose files name them. */
export function servicesOf({ model }: Pick<DesiredStack, "model">): Metadata["services"] {
  return Object.fromEntries(
    Object.entries(model.services).map(([name, { image = "" }]) => [name, { image, version: versionOf(image) }]),
  );
}

/** Where the snapshots of an environment's variables come from: the process, and over it `.env.<environment>`. */
export function variablesOf({ envFile }: Pick<DesiredStack, "envFile">): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...envFile.values };
}

/** Whether an environment may hold personal details as production has them: it is allowed to, or what it holds came so. */
export function mayBeUnmasked(target: Pick<Target, "installation" | "environment">): boolean {
  return !target.environment.sanitize || readDataFacts(target).copy?.unmasked === true;
}

/** As `server_version_num`. */
export async function serverVersion({ server }: Side): Promise<number> {
  await using session = await server.connect("postgres");
  const [row] = await session.query<{ number: string }>("SELECT current_setting('server_version_num') AS number");
  return Number(row?.number);
}

/** What an environment runs, for the comparison with an archive. */
export async function localOf(side: Side): Promise<Local> {
  const { stack, server } = side;
  const migrations: Record<string, string | null> = {};
  for (const name of await listDatabases(server)) {
    await using session = await server.connect(name);
    migrations[name] = await migrationOf(session, name);
  }
  return {
    understudyVersion: understudyVersion(),
    postgres: await serverVersion(side),
    services: Object.fromEntries(Object.entries(servicesOf(stack)).map(([name, { version }]) => [name, version])),
    migrations,
    team: stack.settings.teamSync.team,
    takesUnmasked: !stack.environment.sanitize && stack.profile.profile === "server",
    volumes: keptVolumes(stack.model),
  };
}

/** The tag of an image; null when there is none, or only a digest. */
function versionOf(image: string): string | null {
  return /:([^:@/]+)(?:@|$)/.exec(image)?.[1] ?? null;
}
