import { type Engine, forgetFact, readFact, runSteps, UserError, writeFact } from "@understudy/core";
import { openManagedServer, type Server } from "@understudy/data";
import { type DesiredStack, type ManagedPostgres, managedPostgres, openReach } from "@understudy/environment";
import { PostgresError } from "@understudy/postgres";
import type { Candidate } from "../candidate.ts";
import { refuseBadCa } from "./ca.ts";
import { explainLogin } from "./explain-login.ts";
import { lookAtManaged } from "./look.ts";
import { planManaged, type Statement } from "./plan.ts";
import { refuseUnfit } from "./refuse-unfit.ts";

/** The databases that were on a managed server after the last deploy. */
const fact = "managed-databases";

/**
 * Make what a stack needs on the server that somebody else runs: roles, databases, extensions. What is there already stays as it is. Does
 * nothing for a stack with a Postgres of its own.
 * @param accepted names of lost databases that may begin empty
 * @throws UserError, before anything is made, when the server cannot be reached, trusted or used
 */
export async function prepareManaged(engine: Engine, candidate: Candidate, accepted: readonly string[]): Promise<void> {
  const { desired, images } = candidate;
  const managed = managedPostgres(desired.model);
  if (!managed) return forgetFact(desired.installation, desired.environment.name, fact);
  await runSteps([
    {
      title: `Prepare the managed Postgres at ${managed.place}`,
      run: async () => {
        refuseBadCa(desired);
        await using reach = await openReach(engine, desired.environment.name);
        await using server = await openManagedServer(engine, reach, {
          stack: desired,
          image: images.postgres?.id ?? "",
        }).catch((error) => {
          throw explainLogin(error, desired, managed);
        });
        return await prepare(server, desired, managed, accepted);
      },
    },
  ]);
}

async function prepare(
  server: Server,
  { envFile, environment, installation }: DesiredStack,
  managed: ManagedPostgres,
  accepted: readonly string[],
): Promise<string> {
  const seen = await lookAtManaged(server, managed, envFile.values);
  const known = readFact<string[]>(installation, environment.name, fact) ?? [];
  refuseUnfit(seen, { managed, environment: environment.name, envFile: envFile.path, known, accepted });
  const statements = planManaged(seen, envFile.values);
  await carryOut(server, statements);
  const names = managed.databases.map(({ name }) => name);
  writeFact(installation, environment.name, fact, names);
  return statements.length ? statements.flatMap(({ says }) => says ?? []).join(", ") : "all is there";
}

async function carryOut(server: Server, statements: readonly Statement[]): Promise<void> {
  for (const { database, text, onRefusal } of statements) {
    await using session = await server.connect(database);
    try {
      await session.query(text);
    } catch (error) {
      const refused = error instanceof PostgresError && error.code === "42501" && onRefusal;
      throw refused ? new UserError(`${server.managed}: ${error.message}`, { next: onRefusal, cause: error }) : error;
    }
  }
}
