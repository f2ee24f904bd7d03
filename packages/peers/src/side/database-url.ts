import { secrets, UserError } from "@understudy/core";
import type { ConnectOptions } from "@understudy/postgres";

/** How to log in to the database of a `postgres://` address; its password is a secret from here on. @throws UserError for another text */
export function connectOptions(text: string): ConnectOptions {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new UserError("PEERS_DATABASE_URL is no address of a Postgres database", {
      next: "It looks like postgres://user:password@host:5432/database",
    });
  }
  const tls = url.searchParams.get("sslmode");
  const password = decodeURIComponent(url.password);
  secrets.add([password]);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password,
    database: decodeURIComponent(url.pathname.slice(1)),
    timeout: 30_000,
    tls: tls === "verify-full" ? "verified" : tls === "require" ? "any" : undefined,
  };
}
