import type { Pair } from "../../packages/data/test/support/pair.ts";
import { database, type Rival } from "./copies.ts";

const copy = `${database}_copy`;

/** What people use today, without masks: one stream of SQL. */
export const plainPipe: Rival = {
  name: "pg_dump | psql, unmasked",
  run: (pair) =>
    run(pair, `pg_dump --dbname=${database} | to psql --quiet --set=ON_ERROR_STOP=1 --dbname=${copy} > /dev/null`),
};

/** The parallel way, over files. */
export const directory: Rival = {
  name: "pg_dump -Fd -j2 + pg_restore -j2, unmasked",
  run: (pair) =>
    run(
      pair,
      `folder=$(mktemp -d); pg_dump --format=directory --jobs=2 --file="$folder/dump" --dbname=${database}
       to pg_restore --jobs=2 --dbname=${copy} "$folder/dump"; rm -rf "$folder"`,
    ),
};

/** Run a script beside production; `to` runs a tool against staging. */
async function run({ production, staging }: Pair, script: string): Promise<Record<string, number>> {
  await using admin = await staging.connect("postgres");
  await admin.query(`DROP DATABASE IF EXISTS ${copy}`);
  await admin.query(`CREATE DATABASE ${copy}`);
  const { host, port, user, password } = staging.login;
  const withArguments = `set -euo pipefail; IFS= read -r TO; HOST=$1 PORT=$2 USER_=$3
    to() { PGHOST="$HOST" PGPORT="$PORT" PGUSER="$USER_" PGPASSWORD="$TO" "$@"; }
    ${script}`;
  const began = performance.now();
  await production.tool(["bash", "-c", withArguments, "bash", host, String(port), user], `${password}\n`);
  const took = (performance.now() - began) / 1_000;
  await admin.query(`DROP DATABASE ${copy}`);
  return { copy: took };
}
