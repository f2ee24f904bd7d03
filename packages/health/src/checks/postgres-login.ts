import { managedPostgres } from "@understudy/environment";
import type { ConnectOptions } from "@understudy/postgres";
import type { CheckContext } from "./check.ts";
import { containerEnv } from "./container-env.ts";

export const postgresPort = 5432;

/** The superuser that a Postgres service was made with; a managed server's administrator, whose password no container has. */
export function superuser(
  { containers, model, stack }: CheckContext,
  service: string,
): Pick<ConnectOptions, "user" | "password"> {
  const env = containerEnv(containers.get(service));
  const { POSTGRES_USER: user = "postgres", POSTGRES_PASSWORD: own = "" } = env;
  const managed = service === "postgres" && managedPostgres(model);
  return { user, password: managed ? (stack.envFile.values.POSTGRES_PASSWORD ?? "") : own };
}
