import type { TestInstallation } from "../../../deploy/test/support/installation.ts";
import { edit, writeTinyStack } from "../../../deploy/test/support/tiny-stack.ts";
import { fillApp } from "./fill-app.ts";
import { Garden } from "./planted.ts";
import { Stage } from "./stage.ts";

/** Two stacks of Postgres and an edge, deployed: all that a copy of databases needs, there in seconds. */
export async function openSmallStage(offsets: { staging: number; production: number }): Promise<Stage> {
  const stage = await Stage.open(offsets);
  try {
    writeSmallStack(stage.installation);
    edit(stage.installation, "understudy.yml", "kind: staging", "kind: staging, healthTimeoutSeconds: 60");
    await stage.deploy();
    return stage;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/** Put a stack of Postgres and an edge into an installation. */
export function writeSmallStack(installation: TestInstallation): void {
  writeTinyStack(installation);
  for (const file of ["compose/docker-compose.yml", "compose/docker-compose.laptop.yml"])
    installation.write(file, asPostgres(installation.read(file)));
  const password = "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}";
  edit(
    installation,
    "compose/docker-compose.yml",
    password,
    `${password}\n      APP_DB_PASSWORD: \${APP_DB_PASSWORD:?}`,
  );
  installation.write("compose/env.template", `${installation.read("compose/env.template")}${appPassword}`);
}

/** With it the health check logs in to the app database. */
const appPassword = "# generate: password(32)\nAPP_DB_PASSWORD=\n";

/** Production gets an app database with planted values; staging's own has one table, `old`. */
export async function fillSmallStage(stage: Stage, customers: number): Promise<Garden> {
  const garden = new Garden(10);
  for (const environment of ["production", "staging"] as const) {
    const password = stage.installation.env(environment).APP_DB_PASSWORD;
    await stage.sql(
      environment,
      "postgres",
      `CREATE ROLE app LOGIN PASSWORD '${password}'; CREATE DATABASE app OWNER app`,
    );
  }
  await fillApp(stage, garden, customers);
  await stage.sql("staging", "app", "CREATE TABLE old ()");
  return garden;
}

/** Which data staging serves, as one of its clients sees it; `none` while there is no database of the name. */
export async function served(stage: Stage): Promise<"old" | "new" | "none"> {
  try {
    const found = await stage.sql("staging", "app", "SELECT to_regclass('public.old') IS NULL");
    return found === "f" ? "old" : "new";
  } catch {
    return "none";
  }
}

/** Databases of staging that a copy made beside the one that serves. */
export async function leftovers(stage: Stage): Promise<string> {
  return await stage.sql(
    "staging",
    "postgres",
    "SELECT datname FROM pg_database WHERE datname ~ '_(incoming|outgoing)$'",
  );
}

/** Give staging other data than a copy's. */
export async function backToOld(stage: Stage): Promise<void> {
  await stage.sql("staging", "app", `DROP SCHEMA crm, "Büro" CASCADE; CREATE TABLE old ()`);
}

/** Of the rows of every table of staging's app database: the same for the same rows, whatever their order. */
export async function digestOf(stage: Stage): Promise<string> {
  return await stage.sql(
    "staging",
    "app",
    `SELECT format('SELECT %L, count(*), md5(string_agg(hash, NULL ORDER BY hash)) FROM (SELECT md5(t::text) AS hash FROM %s AS t) AS rows', c.oid::regclass, c.oid::regclass)
     FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind IN ('r', 'm') AND nspname !~ '^(pg_|information_schema)' ORDER BY 1 \\gexec`,
  );
}

/** The service and the volume by the names that the product knows. */
function asPostgres(compose: string): string {
  return compose
    .replaceAll(/\bdb:/g, "postgres:")
    .replaceAll(/\bdata:/g, "postgres-data:")
    .replace("mem_limit: 256m\n    cpus: 0.5", "mem_limit: 1g\n    cpus: 1");
}
