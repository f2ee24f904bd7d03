import { statSync } from "node:fs";
import type { Developer } from "../../packages/team/test/support/developers.ts";
import { measure } from "../deploy/measure.ts";

/** Where a person puts what they send. */
const fileOf = (developer: Developer) => developer.file("by-hand.tar");

/** pg_dump's own format, as it is unless told otherwise, and a tar of it. No password is needed inside the container. @returns s, and bytes of the tar */
export async function exportByHand(developer: Developer): Promise<{ seconds: number; bytes: number }> {
  const file = fileOf(developer);
  const dump = `docker exec ${developer.stage.container("postgres")} pg_dump -U postgres -Fc app > '${file}.dump'`;
  const seconds = await bash(`${dump} && tar -cf '${file}' -C / '${file.slice(1)}.dump'`);
  return { seconds, bytes: statSync(file).size };
}

/** Into an empty database beside the live one: nothing is checked, swapped, stopped or started. @returns s */
export async function importByHand(from: Developer, into: Developer): Promise<number> {
  await into.stage.sql("postgres", "CREATE DATABASE by_hand");
  const restore = `docker exec -i ${into.stage.container("postgres")} pg_restore -U postgres -d by_hand`;
  const seconds = await bash(`set -o pipefail; tar -xOf '${fileOf(from)}' | ${restore}`);
  // What the next one finds is what this one found.
  await into.stage.sql("postgres", "DROP DATABASE by_hand WITH (FORCE)");
  return seconds;
}

async function bash(script: string): Promise<number> {
  const { took } = await measure({ program: "bash", args: ["-c", script], env: {}, cwd: "/" });
  return took / 1_000;
}
