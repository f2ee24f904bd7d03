import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, exec } from "@understudy/core";
import { takeSnapshot } from "@understudy/environment";
import { expect, it } from "vitest";
import { startS3 } from "../../team/test/support/s3-server.ts";
import { createInstallation, finished, type TestInstallation, type VerbResult } from "./support/installation.ts";
import { joinAs, said } from "./support/operators.ts";
import { type StateDatabase, startStateDatabase } from "./support/state-database.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

const nothing = { create: 0, update: 0, delete: 0, replace: 0 };

interface DeployJson {
  readonly changes: typeof nothing;
  readonly release: string;
}

/** A row of Pulumi's table, as the JSON that it holds; and which one is the stack's. */
const stored = "convert_from(decode(data->>'data', 'base64'), 'UTF8')";
const ofStack = "key like '%/stacks/%/staging.json'";

const deploy = ["deploy:staging", "--env", "laptop"] as const;

it("lets two operators deploy one environment: one waits or is refused by name, goes on after a kill -9, and loses nothing while the backend is away", async () => {
  await using database = await startStateDatabase();
  await using ada = operator(database.url, 19_700);
  // The environment file holds the secrets, the backend's too.
  ada.write("compose/env.template", `${ada.read("compose/env.template")}PGPASSWORD=${database.password}\n`);
  const { release } = await ada.json<DeployJson>(...deploy);
  await sql(ada, "create table marker (id int primary key); insert into marker values (42)");

  // Bob has what is committed and what was handed over, and knows the same.
  await using bob = joinAs(ada, "staging");
  expect(await bob.json("status", "--staging")).toMatchObject({ release, deployed: true });
  expect(await bob.json<DeployJson>(...deploy)).toMatchObject({ changes: nothing, release });
  expect(bob.steps("staging")).toEqual(ada.steps("staging"));
  expect((await bob.json<DeployJson>(...deploy, "--refresh")).changes).toEqual(nothing);

  // Two at once; the first is killed while Pulumi works.
  change([ada, bob], 1);
  const first = ada.start(...deploy);
  const killed = finished(first);
  expect(await said(first, "db: replacing container")).toBe(true);
  expectRefusal(
    await bob.run(...deploy),
    /^error: staging is locked by \S+@\S+, process \d+ \(deploy:staging, since 20/m,
  );
  const second = bob.start(...deploy, "--wait");
  const waited = finished(second);
  expect(await said(second, "Waiting: staging is locked by")).toBe(true);
  process.kill(first.pid ?? 0, "SIGKILL");
  const { exitCode, stderr } = await waited;
  await killed;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(new RegExp(`The last deploy:staging by .*:${ada.root}\\) was cut off at "apply"`));
  await expectIntact(database, ada, bob);

  // Away before a deploy: a line, and nothing is changed.
  change([ada, bob], 2);
  const before = await containers(ada);
  await database.stop();
  expectRefusal(
    await bob.run(...deploy),
    /^error: The state backend postgres:\/\/127\.0\.0\.1:\d+\/postgres cannot be used: .*connection refused/m,
  );
  expect(await containers(ada)).toEqual(before);
  await database.start();

  // Away in the middle: what Pulumi made and could not write down is found by whoever comes next.
  const failed = ada.run(...deploy);
  const made = async () => (await containers(ada)).filter((id) => !before.includes(id)).length;
  await expect.poll(made, { interval: 20, timeout: 120_000 }).toBe(1);
  await database.stop();
  expectRefusal(await failed, /^error: The state backend postgres:\/\/127\.0\.0\.1:\d+\/postgres cannot be used: /m);
  await database.start();
  const mended = await bob.run(...deploy);
  expect(mended.exitCode, mended.stderr).toBe(0);
  await expectIntact(database, ada, bob);

  bob.write(".env.staging", bob.read(".env.staging").replace(/^PGPASSWORD=.*$/m, "PGPASSWORD=not-this-one"));
  expectRefusal(
    await bob.run(...deploy, "--refresh"),
    /^error: The state backend .* refuses us: password authentication failed.* Set PGPASSWORD in your environment, or in \.env\.staging/m,
  );

  // Every operator's `local` is another engine: what runs on one must not count as gone on the other.
  await database.query(
    `update pulumi_state set data = jsonb_build_object('data', encode(convert_to(regexp_replace(${stored}, '("outputs":\\s*\\{\\s*"engine":\\s*")[^"]*', '\\1another'), 'UTF8'), 'base64')) where ${ofStack}`,
  );
  const running = await containers(ada);
  expectRefusal(await ada.run(...deploy, "--refresh"), /^error: .*staging runs on another Docker engine \(another\)/m);
  expectRefusal(
    await ada.run("destroy:staging", "--yes"),
    /^error: .*staging runs on another Docker engine \(another\)/m,
  );
  expect(await containers(ada)).toEqual(running);

  for (const { root } of [ada, bob]) expect(textBelow(join(root, "logs"))).not.toContain(database.password);
});

it("keeps a shared state in S3 as well, and a production whose record another operator made", async () => {
  await using s3 = await startS3();
  const endpoint = `endpoint=${s3.url}&region=us-east-1&use_path_style=true`;
  await using ada = createInstallation(
    `state: { backend: "s3://${s3.bucket}/state?${endpoint}" }\nenvironments:\n  production: { kind: production, profile: laptop, portOffset: 19800 }\n`,
  );
  writeTinyStack(ada);
  ada.write(
    "compose/env.template",
    `${ada.read("compose/env.template")}AWS_ACCESS_KEY_ID=of-a-test\nAWS_SECRET_ACCESS_KEY=secret-of-a-test\n`,
  );
  const { release } = await ada.json<DeployJson>("deploy:production");
  // Without the record of what is deployed, a production is not touched.
  await using bob = joinAs(ada, "production");
  expect(await bob.json<DeployJson>("deploy:production", "--refresh")).toMatchObject({ changes: nothing, release });

  // Nor when what is known here may be older than what was lost.
  await using engine = await connectEngine("local");
  await engine.docker.getVolume(`${ada.project}-production-book`).remove();
  expectRefusal(
    await bob.run("deploy:production", "--refresh"),
    /What the operators noted of production is gone from its host/,
  );
});

function operator(backend: string, portOffset: number): TestInstallation {
  const installation = createInstallation(
    `state: { backend: "${backend}" }\nenvironments:\n  staging: { kind: staging, portOffset: ${portOffset} }\n`,
  );
  writeTinyStack(installation);
  return installation;
}

/** Change what both have committed, so that the database's container is replaced. */
function change(operators: readonly TestInstallation[], round: number): void {
  for (const one of operators) {
    const compose = one.read("compose/docker-compose.yml").replace(/ {4}labels: \{ round: .*\n/, "");
    one.write("compose/docker-compose.yml", compose.replace("  db:\n", `  db:\n    labels: { round: "${round}" }\n`));
  }
}

/** One line, that says this. */
function expectRefusal({ exitCode, stderr }: VerbResult, words: RegExp): void {
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toMatch(words);
  expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toHaveLength(1);
  expect(stderr).not.toMatch(/^ +at /m);
}

/** State and host agree, both operators see no work, the data is there, and nobody's lock is left. */
async function expectIntact(database: StateDatabase, ...operators: readonly TestInstallation[]): Promise<void> {
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
async function containers({ project }: TestInstallation): Promise<string[]> {
  await using engine = await connectEngine("local");
  const { containers: found } = await takeSnapshot(engine, `${project}-staging`);
  return [...found.values()].map(({ Id }) => Id).sort();
}

async function sql({ project }: TestInstallation, statement: string): Promise<string> {
  await using engine = await connectEngine("local");
  const command = ["psql", "-U", "postgres", "-tAc", statement];
  const { exitCode, stdout, stderr } = await exec(engine, `${project}-staging-db`, command);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

function textBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("");
}
