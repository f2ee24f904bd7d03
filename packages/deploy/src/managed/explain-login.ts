import { UserError } from "@understudy/core";
import type { DesiredStack, ManagedPostgres } from "@understudy/environment";
import { PostgresError } from "@understudy/postgres";

/** What the gateway gives as the reason that the server cannot be had. */
const beforeLogin = "08006";

type Place = Pick<DesiredStack, "environment" | "envFile">;

/** Why a managed server was not logged in to, with what to do there; what is no answer of it stays as it is. */
export function explainLogin(
  error: unknown,
  desired: Place,
  managed: Pick<ManagedPostgres, "place" | "user">,
): unknown {
  if (!(error instanceof PostgresError)) return error;
  const [message, next] = wordsFor(error, desired, managed);
  return new UserError(message, { next, cause: error });
}

function wordsFor(
  { code, message }: PostgresError,
  { environment, envFile }: Place,
  { place, user }: Pick<ManagedPostgres, "place" | "user">,
): [message: string, next: string] {
  const settings = `postgres.external of ${environment.name} in understudy.yml`;
  if (code === beforeLogin) {
    const next = message.includes("certificate")
      ? `Correct tls of ${settings}; nothing is sent to a server that cannot be trusted`
      : `Correct ${settings}, or let the Docker host ${environment.host} in there`;
    return [message.slice(0, 1).toUpperCase() + message.slice(1), next];
  }
  if (code === "28P01") {
    return [`The password of "${user}" at ${place} is wrong`, `Correct POSTGRES_PASSWORD in ${envFile.path}`];
  }
  return [`"${user}" cannot log in at ${place}: ${message}`, `Correct ${settings}, or the rights there`];
}
