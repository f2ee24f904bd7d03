import { messageOf } from "@understudy/core";
import pg from "pg";
import type { ConnectOptions } from "./connect.ts";
import { PostgresError } from "./postgres-error.ts";

type Words = [message: string, next?: string];

/** What the server or the way to it said, as a person would say it. The codes are Postgres' SQLSTATE and Node's own. */
export function explain(error: unknown, options: ConnectOptions): PostgresError {
  const { code = "", where } = error as { code?: string; where?: string };
  const words = error instanceof pg.DatabaseError ? serverWords : networkWords;
  const [message, next] = words(code, messageOf(error), options);
  return new PostgresError(message + placeOf(where), { code, cause: error, ...(next ? { next } : {}) });
}

function serverWords(code: string, said: string, options: ConnectOptions): Words {
  const { host, port, user, database, timeout } = options;
  const message = withoutValue(code, said, options);
  switch (code) {
    case "28P01":
      return [
        `the password of Postgres user "${user}" is wrong`,
        `Set it to what the environment file says (ALTER ROLE "${user}" PASSWORD …), or correct the file and deploy`,
      ];
    case "28000":
      return [`Postgres user "${user}" may not log in: ${message}`];
    case "3D000":
      if (!message.includes(`"${database}"`)) return [message];
      return [`Postgres has no database "${database}"`, "Restore it, or see pnpm logs postgres"];
    case "42501":
      return [`Postgres user "${user}" lacks a permission: ${message}`];
    case "53300":
      return [
        `Postgres has too many connections: ${message}`,
        "See who holds them: SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2",
      ];
    case "53100":
      return [`Postgres' disk is full: ${message}`, "Free some room on it"];
    case "57P01":
    case "57P02":
      return [`Postgres at ${host}:${port} closed the connection: ${message}`, "See pnpm logs postgres"];
    case "57P03":
      return [`Postgres is not ready: ${message}`, "Wait a moment; see pnpm logs postgres"];
    case "57014":
      return [message.includes("statement timeout") ? `the statement took longer than ${timeout} ms` : message];
    default:
      return [message];
  }
}

/** What a server reads may be anybody's: of a value that it cannot make sense of (class 22) only what is ours is told. */
function withoutValue(code: string, said: string, { readOnly }: ConnectOptions): string {
  return readOnly && code.startsWith("22") && !said.includes("understudy: ") ? said.replace(/: ".*$/s, "") : said;
}

function networkWords(code: string, message: string, { host, port, timeout }: ConnectOptions): Words {
  const server = `Postgres at ${host}:${port}`;
  if (code === "ECONNREFUSED") return [`${server} refuses connections`, "See pnpm logs postgres"];
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return [`there is no address for "${host}" in DNS`];
  if (/timeout|EHOSTUNREACH|ETIMEDOUT/i.test(`${code} ${message}`)) {
    return [`${server} does not answer within ${timeout} ms`, "See pnpm logs postgres"];
  }
  return /terminated|ECONNRESET|EPIPE/.test(`${code} ${message}`)
    ? [`${server} closed the connection: ${message}`, "See pnpm logs postgres"]
    : [message];
}

/** The table, line and column that COPY was at; not the value. */
function placeOf(where = ""): string {
  const [place] = /^COPY .*, line \d+(, column [^:]+)?/.exec(where) ?? [];
  return place ? ` (${place})` : "";
}
