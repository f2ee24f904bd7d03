import { UserError } from "@understudy/core";
import type { DesiredStack, ManagedPostgres } from "@understudy/environment";
import { PostgresError } from "@understudy/postgres";

/** What the gateway gives as the reason that the server cannot be had. */
const beforeLogin = "08006";

/** Why a managed server was not logged in to, with what to do there; anything that is no answer of it stays as it is. */
export function explainLogin(error: unknown, desired: DesiredStack, { place, user }: ManagedPostgres): unknown {
  if (!(error instanceof PostgresError)) return error;
  const { environment, envFile } = desired;
  const [message, next] = wordsFor(error);
  return new UserError(message, { next, cause: error });

  function wordsFor({ code, message }: PostgresError): [message: string, next: string] {
    const settings = `postgres.external of ${environment.name} in understudy.yml`;
    if (code === beforeLogin && message.includes("certificate")) {
      return [capital(message), `Correct tls of ${settings}; nothing is sent to a server that cannot be trusted`];
    }
    if (code === beforeLogin) {
      return [capital(message), `Correct ${settings}, or let the Docker host ${environment.host} in there`];
    }
    if (code === "28P01") {
      return [`The password of "${user}" at ${place} is wrong`, `Correct POSTGRES_PASSWORD in ${envFile.path}`];
    }
    return [`"${user}" cannot log in at ${place}: ${message}`, `Correct ${settings}, or the rights there`];
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
