import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, exec } from "@understudy/core";
import { takeSnapshot } from "@understudy/environment";
import { expect } from "vitest";
import { createInstallation, type TestInstallation, type VerbResult } from "./installation.ts";
import type { StateDatabase } from "./state-database.ts";
import { writeTinyStack } from "./tiny-stack.ts";

export const nothing = { create: 0, update: 0, delete: 0, replace: 0 };

export interface DeployJson {
  readonly changes: typeof nothing;
  readonly release: string;
}

/** A row of Pulumi's table, as the JSON that it holds; and which one is the stack's. */
export const stored = "convert_from(decode(data->>'data', 'base64'), 'UTF8')";
export const ofStack = "key like '%/stacks/%/staging.json'";

export const deploy = ["deploy:staging", "--env", "laptop"] as const;

/** A first operator, of a small staging whose state is in a database. */
export function operator(database: StateDatabase, portOffset: number): TestInstallation {
  const installation = createInstallation(
    `state: { backend: "${database.url}" }\nenvironments:\n  staging: { kind: staging, portOffset: ${portOffset} }\n`,
  );
  writeTinyStack(installation);
  // The environment file holds the secrets, the backend's too.
  const template = installation.read("compose/env.template");
  installation.write("compose/env.template", `${template}PGPASSWORD=${database.password}\n`);
  return installation;
}

/** Change what both have committed, so that the database's container is replaced. */
export function change(operators: readonly TestInstallation[], round: number): void {
  for (const one of operators) {
    const compose = one.read("compose/docker-compose.yml").replace(/ {4}labels: \{ round: .*\n/, "");
    one.write("compose/docker-compose.yml", compose.replace("  db:\n", `  db:\n    labels: { round: "${round}" }\n`));
  }
}

/** One line, that says this. */
export function expectRefusal({ exitCode, stderr }: VerbResult, words: RegExp): void {
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toMatch(words);
  expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toHaveLength(1);
  expect(stderr).not.toMatch(/^ +at /m);
}

/** State and host agree, both operators see no work, the data is there, and nobody's lock is left. */
export async function expectIntact(database: StateDatabase, ...operators: readonly TestInstallation[]): Promise<void> {
  const [one, other] = operators as [TestInstallation, TestInstallation];
  expect(await database.query("select key from pulumi_state where key like '%/locks/%'")).toEqual([]);
  const [state = ""] = await database.query(
    `select replace(${stored}, chr(10), ' ') from pulumi_state where ${ofStack}`,
  );
  const { latest } = (JSON.parse(state) as { checkpoint: { latest: Latest } }).checkpoint;
  expect(latest.pending_operations ?? []).toEqual([]);
  const known = latest.resources.filter(({ type }) => type === "docker:index/container:Container").map(({ id }) => id);
  expect(known.sort()).toEqual(await containers(one));
  expect((await other.json<DeployJson>(...deploy, "--refresh")).changes).toEqual(nothing);
  expect((await one.json<DeployJson>(...deploy)).changes).toEqual(nothing);
  expect(await sql(one, "select id from marker")).toBe("42");
}

interface Latest {
  readonly resources: readonly { readonly type: string; readonly id: string }[];
  readonly pending_operations?: readonly unknown[];
}

/** Ids of the stack's containers; the lock is none of it. */
export async function containers({ project }: TestInstallation): Promise<string[]> {
  await using engine = await connectEngine("local");
  const { containers: found } = await takeSnapshot(engine, `${project}-staging`);
  return [...found.values()].map(({ Id }) => Id).sort();
}

export async function sql({ project }: TestInstallation, statement: string): Promise<string> {
  await using engine = await connectEngine("local");
  const command = ["psql", "-U", "postgres", "-tAc", statement];
  const { exitCode, stdout, stderr } = await exec(engine, `${project}-staging-db`, command);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** Nobody wrote it down: the logs of every operator. */
export function expectUntold(secret: string, operators: readonly TestInstallation[]): void {
  for (const { root } of operators) expect(textBelow(join(root, "logs"))).not.toContain(secret);
}

function textBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("");
}
