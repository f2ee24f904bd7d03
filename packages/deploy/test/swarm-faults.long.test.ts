import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatusReport } from "../src/status.ts";
import { finished } from "./support/installation.ts";
import { said } from "./support/operators.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { SwarmStage } from "./support/swarm-stage.ts";
import { edit } from "./support/tiny-stack.ts";

interface Report {
  readonly changes: Record<string, number>;
  readonly services: { readonly name: string; readonly healthy: boolean }[];
}

interface Health {
  readonly checks: { readonly name: string; readonly status: string; readonly seen: string; readonly next?: string }[];
}

const noChanges = { create: 0, update: 0, delete: 0, replace: 0 };
const reason = cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, swarm-faults.long.test.ts: ${reason}`);

// Three managers; the data is on node3. After each fault everything is as it was, and a deploy has nothing to do.
describe.skipIf(reason)(`what goes wrong on a swarm${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let stage: SwarmStage;
  let version = 0;
  let rows = "";

  beforeAll(async () => {
    stage = await SwarmStage.open({ managers: 3 });
    await deploy();
    stage.sql("create table marker (id serial primary key, at timestamptz default now())");
    write();
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  const run = (verb: string, ...flags: string[]) => stage.installation.run(verb, ...flags);
  const deploy = () => stage.installation.json<Report>("deploy:staging");
  const status = () => stage.installation.json<StatusReport>("status", "--staging");
  const read = () => stage.sql("select string_agg(id || '/' || at, ' ' order by id) from marker");

  async function healthOf(name: string | RegExp): Promise<Health["checks"][number] | undefined> {
    const { stdout } = await run("health:check", "--staging", "--json");
    const { checks } = JSON.parse(stdout) as Health;
    return checks.find((check) => (typeof name === "string" ? check.name === name : name.test(check.name)));
  }

  /** One more row in the database; what it has then is what it must have later. */
  function write(): void {
    stage.sql("insert into marker default values");
    rows = read();
  }

  /** Something to deploy: `app` answers with another number. */
  function change(): void {
    const before = version ? `ANSWER:-version${version}}` : "ANSWER:-here}";
    edit(stage.installation, "compose/docker-compose.yml", before, `ANSWER:-version${++version}}`);
  }

  async function allReady(): Promise<boolean> {
    const { nodes, services } = await status();
    return [...(nodes ?? []), ...services].every(({ state }) => state === "ready" || state === "running");
  }

  /** The next deploy makes everything healthy, the one after has nothing to do; and the data is there, once. */
  async function expectWhole(): Promise<string> {
    const first = await run("deploy:staging");
    expect(first.exitCode, first.stderr).toBe(0);
    expect(await deploy()).toMatchObject({ changes: noChanges });
    expectOneTruth();
    return first.stderr;
  }

  function expectOneTruth(): void {
    expect(read()).toBe(rows);
    expect(stage.databases()).toHaveLength(1);
    expect(stage.volumes()).toEqual(["node3"]);
  }

  /** One line that says this, and no stack of ours. */
  function expectRefusal({ exitCode, stderr }: { exitCode: number | null; stderr: string }, words: RegExp): void {
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toHaveLength(1);
    expect(stderr).not.toMatch(/^ +at |^bug:/m);
  }

  function log(what: string, { sent, failed }: { sent: number; failed: readonly string[] }): void {
    console.log(`${what}: ${failed.length} of ${sent} requests failed`);
  }

  it("the leading manager dies in the middle of a deploy: it says so, another leads, and the next run finishes", async () => {
    const leader = (await status()).nodes?.find(({ leader }) => leader)?.name;
    expect(leader).toBe("node1");
    change();
    const load = stage.requests(10, 2);
    const verb = stage.installation.start("deploy:staging");
    const end = finished(verb);
    expect(await said(verb, "app: changing service")).toBe(true);
    await stage.machine(1).die();
    expectRefusal(await end, /node1|198\.18\.\d+\.11|the lock of staging was lost/i);
    await stage.until(
      async () => (await status()).nodes?.some(({ leader, name }) => leader && name !== "node1") ?? false,
      60_000,
    );
    expect(await healthOf("swarm managers")).toMatchObject({
      status: "degraded",
      seen: "2 of 3 managers are there; the loss of one more stops every change",
    });
    write();
    expect(await expectWhole()).toContain("node1 is down");
    log("the leader's loss, asked at another machine", await load.stop());
    await expect(stage.answer(2)).resolves.toContain(`version${version} `);
    await stage.machine(1).boot();
    await stage.until(allReady, 180_000);
    await expectWhole();
  });

  it("a manager that does not lead dies: changes go on without it", async () => {
    const lost = (await status()).nodes?.find(({ leader, name }) => !leader && name !== "node3")?.name ?? "";
    const other = lost === "node1" ? 2 : 1;
    const load = stage.requests(10, other);
    await stage.machine(Number(lost.at(-1))).die();
    await stage.until(async () => (await status()).nodes?.find(({ name }) => name === lost)?.state === "down", 60_000);
    change();
    expect(await expectWhole()).toContain(`${lost} is down`);
    log("the loss of a manager that did not lead, asked at another machine", await load.stop());
    await stage.machine(Number(lost.at(-1))).boot();
    await stage.until(allReady, 180_000);
    await expectWhole();
  });

  it("the data's machine is parted from the others: nothing is made anew on either side, and one truth is left", async () => {
    const [one, two, three] = [stage.machine(1), stage.machine(2), stage.machine(3)];
    const load = stage.requests(10, 1);
    for (const other of [one, two]) three.cut(other);
    await stage.until(
      async () => (await status()).nodes?.find(({ name }) => name === "node3")?.state === "down",
      60_000,
    );
    await sleep(10_000);
    const { services } = await status();
    expect(services.find(({ name }) => name === "db")?.why).toContain("no suitable node");
    expect(stage.databases()).toEqual([{ host: three, container: expect.any(String) }]);
    const before = three.docker("ps", "--no-trunc", "--quiet");
    change();
    expectRefusal(
      await run("deploy:staging"),
      /The data of \S+ is on node3 .*, which is down\. Bring that machine back/,
    );
    expect(three.docker("ps", "--no-trunc", "--quiet")).toBe(before);
    log("a parted machine with the data", await load.stop());
    three.mend();
    await stage.until(allReady, 180_000);
    await expectWhole();
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
  });

  it("the machine that the settings name first is parted from the others: its side changes nothing, the majority's is asked", async () => {
    const [one, two, three] = [stage.machine(1), stage.machine(2), stage.machine(3)];
    for (const other of [two, three]) one.cut(other);
    await stage.until(
      async () => (await status()).nodes?.find(({ name }) => name === "node1")?.state === "down",
      60_000,
    );
    write();
    change();
    expect(await expectWhole()).toContain("node1 is down");
    await expect(stage.answer(2)).resolves.toContain(`version${version} `);
    await expect(stage.answer(1)).resolves.not.toContain(`version${version} `);
    one.mend();
    await stage.until(allReady, 180_000);
    await expectWhole();
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
  });

  it("a majority of managers is away: what runs, runs on; nothing is changed, in one line", async () => {
    await Promise.all([stage.machine(1).die(), stage.machine(2).die()]);
    change();
    expectRefusal(await run("deploy:staging"), /managers have no leader, as half of them or more are away/);
    expectRefusal(await run("status", "--staging"), /managers have no leader, as half of them or more are away/);
    expect(read()).toBe(rows);
    await Promise.all([stage.machine(1).boot(), stage.machine(2).boot()]);
    await stage.until(() => allReady().catch(() => false), 180_000);
    await expectWhole();
  });
});
