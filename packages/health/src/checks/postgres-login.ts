import type { ConnectOptions } from "@understudy/postgres";
import type { CheckContext } from "./check.ts";
import { containerEnv } from "./container-env.ts";

export const postgresPort = 5432;

/** The superuser that a Postgres service was made with. */
export function superuser({ containers }: CheckContext, service: string): Pick<ConnectOptions, "user" | "password"> {
  const { POSTGRES_USER: user = "postgres", POSTGRES_PASSWORD: password = "" } = containerEnv(containers.get(service));
  return { user, password };
}
