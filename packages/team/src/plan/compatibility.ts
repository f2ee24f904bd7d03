import type { Metadata } from "../archive/metadata.ts";

/** What an environment runs, as far as archives depend on it. */
export interface Local {
  readonly understudyVersion: string;
  /** As `server_version_num`. */
  readonly postgres: number;
  /** Version by service. */
  readonly services: Readonly<Record<string, string | null>>;
  /** The last migration of each database's service, where that is known. */
  readonly migrations: Readonly<Record<string, string | null>>;
  readonly team: string;
  /** Whether production's data may be here unmasked. */
  readonly takesUnmasked: boolean;
  /** As the compose files name them. */
  readonly volumes: readonly string[];
}

/** Whether an archive can be imported here, and what a person should know before. */
export interface Compatibility {
  /** Why it cannot; each with what to do. None: it can. */
  readonly refusals: readonly { readonly message: string; readonly next: string }[];
  /** What differs, and can be lived with. */
  readonly warnings: readonly string[];
}

/** Postgres' major version of a `server_version_num`. */
export function majorOf(versionNumber: number): number {
  return Math.floor(versionNumber / 10_000);
}

/** Compare what an archive is of with what runs here. Pure. */
export function compatibility(archive: Metadata, local: Local): Compatibility {
  return {
    refusals: [
      ...otherTeam(archive, local),
      ...openDetails(archive, local),
      ...newerPostgres(archive, local),
      ...newerServices(archive, local),
      ...volumesLacking(archive, local),
    ],
    warnings: [...otherVersions(archive, local)],
  };
}

/** How it is listed. */
export function verdictOf({ refusals, warnings }: Compatibility): "same" | "differs" | "refused" {
  if (refusals.length) return "refused";
  return warnings.length ? "differs" : "same";
}

function otherTeam({ team }: Metadata, local: Local) {
  if (team === local.team) return [];
  return [
    {
      message: `It is of team "${team}", and this installation is of team "${local.team}"`,
      next: "If that is wrong, correct teamSync.team in understudy.yml",
    },
  ];
}

/** As for a copy: raw data goes only where a setting says so, and never to a laptop. */
function openDetails({ unmasked }: Metadata, { takesUnmasked }: Local) {
  if (!unmasked || takesUnmasked) return [];
  return [
    {
      message: "It may hold production's data unmasked, and this environment must have masked data",
      next: "Ask its sender for an export of masked data; on a server, sanitize: false in understudy.yml allows it",
    },
  ];
}

function newerPostgres({ postgres }: Metadata, local: Local) {
  if (majorOf(postgres) <= majorOf(local.postgres)) return [];
  return [
    {
      message: `It is of Postgres ${majorOf(postgres)}, and here runs Postgres ${majorOf(local.postgres)}`,
      next: `Update the environment to Postgres ${majorOf(postgres)} first: git pull, and pnpm deploy:staging`,
    },
  ];
}

/** A service migrates its data forward and never back. */
function newerServices({ databases, services }: Metadata, local: Local) {
  return databases.flatMap(({ name, migration }) => {
    const here = local.migrations[name];
    if (migration === null || here === null || here === undefined || migration === here) return [];
    const service = serviceOf(name);
    const [theirs, ours] = [services[service]?.version ?? null, local.services[service] ?? null];
    if (theirs === null || ours === null || compareVersions(theirs, ours) <= 0) return [];
    return [
      {
        message: `Its database ${name} is of ${service} ${theirs}, which ${service} ${ours} here cannot run`,
        next: `Update the environment first: git pull, and pnpm deploy:staging`,
      },
    ];
  });
}

function volumesLacking({ volumes }: Metadata, local: Local) {
  return volumes
    .filter((volume) => !local.volumes.includes(volume))
    .map((volume) => ({
      message: `It has volume ${volume}, which this environment does not have`,
      next: "Deploy the compose files of its time first, or import without volumes: --only database",
    }));
}

function* otherVersions({ understudyVersion, services, postgres }: Metadata, local: Local): Generator<string> {
  if (understudyVersion !== local.understudyVersion) {
    yield `it was exported by Understudy ${understudyVersion}, and this is ${local.understudyVersion}`;
  }
  if (majorOf(postgres) < majorOf(local.postgres)) {
    yield `it is of Postgres ${majorOf(postgres)}, and goes into Postgres ${majorOf(local.postgres)}`;
  }
  for (const [name, { version }] of Object.entries(services)) {
    const here = local.services[name];
    if (here === undefined) yield `it is of an environment with ${name}, which is not here`;
    else if (version !== here) yield `it is of ${name} ${version ?? "unknown"}, and here runs ${here ?? "unknown"}`;
  }
}

/** Databases are called as their services, without dashes. */
function serviceOf(database: string): string {
  return database === "openwebui" ? "open-webui" : database;
}

/** By their numbers; what follows them, such as `-rc.1`, is left out of account. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}
