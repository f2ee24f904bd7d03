import { UserError } from "@understudy/core";
import { managedPostgres } from "@understudy/environment";
import { type Connection, type ConnectOptions, connect } from "@understudy/postgres";
import type { Check, CheckContext } from "../check.ts";
import { containerEnv } from "../container-env.ts";
import { addressOf } from "../types/common.ts";
import { usual } from "../usual.ts";

/** How a service logs in to its database. */
export type Login = Pick<ConnectOptions, "host" | "port" | "user" | "password" | "database">;

/**
 * Log in to a service's database as the service does, with the password that its container was given.
 * @param loginOf reads the login from the variables of that container
 */
export function databaseLogin(
  name: string,
  service: string,
  loginOf: (env: Readonly<Record<string, string>>) => Login | undefined,
): Check {
  return {
    ...usual,
    name,
    service,
    needs: ["postgres"],
    expected: "the database lets it in with its own password",
    look: async (context) => {
      const began = performance.now();
      await using session = await loggedIn(context, service, loginOf);
      const [row] = await session.query<{ bytes: number; user: string; database: string }>(
        'SELECT pg_database_size(current_database()) AS bytes, current_user AS "user", current_database() AS database',
      );
      const latency = Math.round(performance.now() - began);
      return {
        ok: true,
        seen: `user ${row?.user} reads database ${row?.database}`,
        figures: { latency_ms: latency, database_bytes: row?.bytes ?? 0 },
      };
    },
  };
}

/** A session that only reads, in a service's database, as the service has it. @throws UserError when its container tells no login */
export async function loggedIn(
  context: CheckContext,
  service: string,
  loginOf: (env: Readonly<Record<string, string>>) => Login | undefined,
): Promise<Connection> {
  const login = loginOf(variablesOf(context, service));
  if (!login) throw new UserError(`${service} has no container, or one without the variables of its database`);
  const address = await addressOfDatabase(context, login);
  return await connect({ ...login, ...address, timeout: usual.timeout, readOnly: true });
}

/** What a service was given; of a managed Postgres', whose container is given no passwords, what the environment has. */
function variablesOf({ containers, model, stack }: CheckContext, service: string): Readonly<Record<string, string>> {
  const managed = service === "postgres" && managedPostgres(model);
  return managed ? stack.envFile.values : containerEnv(containers.get(service));
}

/** A login from an address such as `postgresql://user:password@host:5432/database`; undefined when it is none. */
export function loginFromUrl(text: string | undefined): Login | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const { hostname: host, port, username, password, pathname } = new URL(text);
  const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent);
  return { host, port: Number(port || 5432), user: user ?? "", password: secret ?? "", database: database ?? "" };
}

/** A host of the stack is one of its services; any other is called by its name. */
async function addressOfDatabase(context: CheckContext, { host, port }: Login) {
  return context.containers.has(host) ? await addressOf(context, host, port) : { host, port };
}
