import { PostgresError } from "@understudy/postgres";
import type { Server } from "./server.ts";

/** Do what several servers are needed for. @throws as `work` does; that one of them was lost is said with its environment: an address tells people nothing. */
export async function nameLost<Result>(servers: readonly Server[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PostgresError ? named(servers, error) : error;
  }
}

function named(servers: readonly Server[], error: PostgresError): PostgresError {
  const lost = servers.find(({ login: { host, port } }) => error.message.startsWith(`Postgres at ${host}:${port} `));
  if (!lost) return error;
  const next = `See pnpm logs postgres --environment ${lost.environment}`;
  return new PostgresError(`${lost.environment}'s ${error.message}`, { code: error.code, next, cause: error });
}
