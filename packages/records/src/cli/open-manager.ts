import { existsSync } from "node:fs";
import { parseEnvFile, readSecretFile, secrets, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";
import type { ConnectOptions } from "@understudy/postgres";
import { type ServerOptions, SyncManager } from "../server/sync-manager.ts";
import { PostgresStore } from "../store/postgres/postgres-store.ts";

const day = 86_400_000;

/** An environment's server of records, as its settings and variables say. */
export interface Place {
  readonly target: Target;
  readonly variable: (name: string) => string | undefined;
}

/** Variables come from the process, and else from `.env.<environment>`. */
export function placeOf(choice: EnvironmentChoice): Place {
  const target = chooseTarget(choice);
  const file = target.installation.envFile(target.environment.name);
  const values = existsSync(file) ? parseEnvFile(readSecretFile(file)) : {};
  const variable = (name: string) => {
    const value = process.env[name] ?? values[name];
    if (value === "") throw new UserError(`${name} is empty`, { next: "Give it a value, or remove it" });
    return value;
  };
  secrets.add(secretNames.flatMap((name) => variable(name) ?? []));
  return { target, variable };
}

const secretNames = ["RECORDS_DATABASE_URL", "RECORDS_ENROLMENT_SECRET", "RECORDS_ADMIN_TOKEN"];

/** Log in to the server's database. @throws UserError when nobody said which that is */
export function openStore({ target, variable }: Place): Promise<PostgresStore> {
  const url = variable("RECORDS_DATABASE_URL");
  if (!url) {
    throw new UserError("RECORDS_DATABASE_URL is not set", {
      next: `Write it into ${target.installation.envFile(target.environment.name)}: postgres://user:password@host:5432/database`,
    });
  }
  return PostgresStore.open(connectOptions(url));
}

/** Open the engine on the server's database, do something, and close it. */
export async function withManager<T>(
  choice: EnvironmentChoice,
  work: (manager: SyncManager, place: Place) => Promise<T>,
): Promise<T> {
  const place = placeOf(choice);
  await using store = await openStore(place);
  return await work(await SyncManager.open(store, serverOptions(place)), place);
}

export function serverOptions({ target }: Place): ServerOptions {
  const { strategy, strategies, schemaVersion, futureSeconds } = target.settings.records;
  return { strategy, strategies, schemaVersion, futureBound: futureSeconds * 1_000 };
}

/** ms. */
export function retentionOf({ target }: Place): { readonly tombstones: number; readonly history: number } {
  const { tombstoneDays, historyDays } = target.settings.records;
  return { tombstones: tombstoneDays * day, history: historyDays * day };
}

function connectOptions(text: string): ConnectOptions {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new UserError("RECORDS_DATABASE_URL is no address of a Postgres database", {
      next: "It looks like postgres://user:password@host:5432/database",
    });
  }
  const tls = url.searchParams.get("sslmode");
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    // A table of millions of rows takes its time to be enabled.
    timeout: 300_000,
    tls: tls === "verify-full" ? "verified" : tls === "require" ? "any" : undefined,
  };
}
