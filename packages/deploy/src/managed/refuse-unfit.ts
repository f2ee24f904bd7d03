import { UserError } from "@understudy/core";
import type { ManagedPostgres } from "@understudy/environment";
import type { SeenDatabase, SeenServer } from "./look.ts";

/** Before it, databases of other owners cannot be restored as they were by who is no superuser. */
const oldest = 15;

export interface Fitness {
  readonly managed: ManagedPostgres;
  readonly environment: string;
  readonly envFile: string;
  /** Databases that were there after the last deploy. */
  readonly known: readonly string[];
  /** Those of them that may begin empty. */
  readonly accepted: readonly string[];
}

/** @throws UserError for the first thing by which a managed server cannot be used as it is. */
export function refuseUnfit(seen: SeenServer, fitness: Fitness): void {
  refuseVersion(seen, fitness.managed);
  refuseWithoutRights(seen, fitness.managed);
  refuseLost(seen, fitness);
  for (const database of seen.databases) refuseDatabase(database, seen, fitness);
}

function refuseVersion({ version, tools }: SeenServer, { place }: ManagedPostgres): void {
  if (version >= oldest && version <= tools) return;
  throw new UserError(`The managed Postgres at ${place} is version ${version}; ${oldest} to ${tools} can be used`, {
    next: version > tools ? "Take an older one" : "Upgrade it first",
  });
}

function refuseWithoutRights({ mayCreate }: SeenServer, { place, user }: ManagedPostgres): void {
  const missing = [...(mayCreate.roles ? [] : ["CREATEROLE"]), ...(mayCreate.databases ? [] : ["CREATEDB"])];
  if (missing.length === 0) return;
  throw new UserError(
    `Postgres user "${user}" at ${place} may not make what the stack needs: it lacks ${missing.join(" and ")}`,
    {
      next: `As who may: ALTER ROLE "${user}" ${missing.join(" ")}`,
    },
  );
}

/** Services would begin anew in empty ones, and nobody would notice before people do. */
function refuseLost({ databases }: SeenServer, { managed, environment, known, accepted }: Fitness): void {
  const there = new Set(databases.filter(({ owner }) => owner).map(({ name }) => name));
  const lost = known.filter((name) => !there.has(name) && !accepted.includes(name));
  if (lost.length === 0) return;
  throw new UserError(
    `${environment}'s databases ${lost.join(", ")} were there after the last deploy and are not at ${managed.place}`,
    {
      next: `Point postgres.external to where they are; or, if they may begin empty, run again with ${lost.map((name) => `--accept-empty-volume ${name}`).join(" ")}`,
    },
  );
}

function refuseDatabase(database: SeenDatabase, { extensions }: SeenServer, { managed, envFile }: Fitness): void {
  const { name, variable, role, owner, extension, hasExtension } = database;
  const { place, user } = managed;
  if (extension && !hasExtension && !extensions.has(extension)) {
    throw new UserError(
      `The managed Postgres at ${place} has no extension ${extension}, which database ${name} needs`,
      {
        next: "Allow it there, as its provider says, and run again",
      },
    );
  }
  if (role === "other password") {
    throw new UserError(`Role ${name} at ${place} is there, and does not log in with ${variable} of ${envFile}`, {
      next: `Put the password into the file that it was made with; or, if it may change: ALTER ROLE "${name}" LOGIN PASSWORD …`,
    });
  }
  if (owner !== undefined && owner !== name) {
    throw new UserError(`Database ${name} at ${place} belongs to ${owner}, not to role ${name}`, {
      next: `If it is this stack's: ALTER DATABASE "${name}" OWNER TO "${name}"; else give the stack a server of its own`,
    });
  }
  if (role === "as set" && !database.joined) {
    throw new UserError(
      `Postgres user "${user}" at ${place} may not act for role ${name}, whose database it has to back up`,
      {
        next: `As who made the role: GRANT "${name}" TO "${user}"`,
      },
    );
  }
}
