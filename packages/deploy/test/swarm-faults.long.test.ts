import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine, openEngine } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendImage } from "../src/images/send.ts";
import type { StatusReport } from "../src/status.ts";
import { createInstallation, finished } from "./support/installation.ts";
import { said } from "./support/operators.ts";
import { startRegistry } from "./support/registry.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { startStateDatabase } from "./support/state-database.ts";
import type { SwarmHost } from "./support/swarm-hosts.ts";
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
  let home: string | undefined = "node3";

  beforeAll(async () => {
    stage = await SwarmStage.open({
      managers: 3,
      diskSize: [undefined, "6g"],
      engineOptions: ["--insecure-registry", "198.18.0.0/15"],
    });
    // The name by which backups know a Postgres.
    const file = "compose/docker-compose.yml";
    stage.installation.write(file, stage.installation.read(file).replaceAll(/\bdb\b/g, "postgres"));
    edit(stage.installation, file, "ANSWER:-here}", "ANSWER:-version0}");
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
    const before = `ANSWER:-version${version}}`;
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
    expect(stage.volumes()).toEqual([home]);
  }

  /** Part a machine from the other two, and bring it back whatever comes. */
  async function whileParted(parted: SwarmHost, meanwhile: () => Promise<void>): Promise<void> {
    for (const other of stage.swarm.hosts) if (other !== parted) parted.cut(other);
    try {
      // Where it was the leader: its absence is noticed, another is chosen, and that one gives everybody time to be heard.
      await stage.until(
        async () => (await status()).nodes?.find(({ name }) => name === parted.name)?.state === "down",
        180_000,
      );
      await meanwhile();
    } finally {
      parted.mend();
    }
    await stage.until(allReady, 180_000);
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
    const host = stage.machine(3);
    const load = stage.requests(10, 1);
    const old = stage.databases()[0]?.container ?? "";
    await whileParted(host, async () => {
      await sleep(10_000);
      const { services } = await status();
      expect(services.find(({ name }) => name === "postgres")?.why).toContain("no suitable node");
      expect(stage.databases()).toEqual([{ host, container: old }]);
      const before = host.docker("ps", "--no-trunc", "--quiet");
      change();
      expectRefusal(
        await run("deploy:staging"),
        /The data of \S+ is on node3 .*, which is down\. Bring that machine back/,
      );
      expect(host.docker("ps", "--no-trunc", "--quiet")).toBe(before);
      log("a parted machine with the data", await load.stop());
    });
    // The container of before was told to end in the moment in which the next one was started; the engine notes an end a little later.
    const ended = Date.parse(host.docker("inspect", "--format", "{{.State.FinishedAt}}", old));
    expect(Date.parse(stage.sql("select pg_postmaster_start_time()"))).toBeGreaterThan(ended - 500);
    await expectWhole();
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
  });

  it("the machine that the settings name first is parted from the others: its side changes nothing, the majority's is asked", async () => {
    await whileParted(stage.machine(1), async () => {
      write();
      change();
      expect(await expectWhole()).toContain("node1 is down");
      await expect(stage.answer(2)).resolves.toContain(`version${version} `);
      await expect(stage.answer(1)).resolves.not.toContain(`version${version} `);
    });
    await expectWhole();
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
  });

  it("a majority of managers is away: what runs, runs on; nothing is changed, in one line", async () => {
    await Promise.all([stage.machine(1).die(), stage.machine(2).die()]);
    change();
    const words = /No manager of the swarm answers|managers have no leader, as half of them or more are away/;
    expectRefusal(await run("deploy:staging"), words);
    expectRefusal(await run("status", "--staging"), words);
    expect(read()).toBe(rows);
    await Promise.all([stage.machine(1).boot(), stage.machine(2).boot()]);
    await stage.until(() => allReady().catch(() => false), 180_000);
    await expectWhole();
  });

  it("a machine's disk is full: it is named before anything is changed, and by what is sent to it", async () => {
    const full = stage.machine(2);
    const before = await images();
    full.fillDisk(1024 ** 3);
    change();
    expectRefusal(
      await run("deploy:staging"),
      /The disk of \/var\/lib\/docker on node2 has 1\.0 GiB free, and this deploy needs 2\.0 GiB/,
    );
    full.freeDisk();
    full.fillDisk(20 * 1024 ** 2);
    expectRefusal(await run("deploy:staging"), /on node2 has 0\.0 GiB free/);
    await using engine = await fleet();
    await using local = await connectEngine("local");
    await expect(sendImage(local, engine, "understudy/valkey:8.1.1", () => {})).rejects.toThrow(
      new RegExp(`The disk of ${full.url} filled up while understudy/valkey:8\\.1\\.1 was sent`),
    );
    full.freeDisk();
    expect(await images()).toEqual(before);
    await expectWhole();
  });

  it("a deploy is killed while the swarm exchanges containers: the next run says so and finishes", async () => {
    change();
    const load = stage.requests(10);
    const verb = stage.installation.start("deploy:staging");
    const end = finished(verb);
    expect(await said(verb, "app: changing service")).toBe(true);
    process.kill(verb.pid ?? 0, "SIGKILL");
    await end;
    expect(await expectWhole()).toMatch(/The last deploy:staging was cut off at "apply" .*going on from what it left/);
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
    const { sent, failed } = await load.stop();
    log("a killed deploy", { sent, failed });
    expect(failed).toEqual([]);
  });

  it("a new version does not get healthy on one machine: the swarm goes back, and the machine is named", async () => {
    const file = "compose/docker-compose.yml";
    const good = stage.installation.read(file);
    const test = '"exec 3<>/dev/tcp/127.0.0.1/8000"';
    edit(stage.installation, file, `ANSWER:-version${version}}" }`, `ANSWER:-bad}", NODE: "{{.Node.Hostname}}" }`);
    edit(stage.installation, file, test, '"[ $$NODE != node2 ] && exec 3<>/dev/tcp/127.0.0.1/8000"');
    edit(
      stage.installation,
      file,
      "      replicas: 3",
      "      replicas: 3\n      placement: { max_replicas_per_node: 1 }\n      update_config: { order: stop-first }",
    );
    const bad = await run("deploy:staging");
    stage.installation.write(file, good);
    expectRefusal(
      bad,
      /app is not healthy: it did not come up, and the swarm went back to the version before: .*unhealthy.* \(on node2\)/,
    );
    await expect(stage.answer(1)).resolves.toContain(`version${version} `);
    await expectWhole();
  });

  it("the registry is away: what runs, runs on and comes back; a version that no machine has fails by name, before anything is changed", async () => {
    const file = "compose/docker-compose.yml";
    const good = stage.installation.read(file);
    const first = stage.machine(1);
    await using registry = await startRegistry(first.address.replace(/\d+$/, "1"));
    const image = `${registry.address}/proxy:1`;
    first.docker("tag", "understudy/haproxy:3.0.11", image);
    first.docker("push", "--quiet", image);
    edit(stage.installation, file, "image: haproxy:3.0.11", `image: ${image}`);
    await expectWhole();
    for (const { docker } of stage.swarm.hosts)
      expect(docker("image", "inspect", "--format", "{{.RepoDigests}}", image)).toContain("proxy@sha256:");
    await registry.stop();
    expect(await deploy()).toMatchObject({ changes: noChanges });
    const [own = ""] = first.docker("ps", "--quiet", "--filter", "label=understudy.service=app").split("\n");
    first.docker("rm", "--force", own);
    await stage.until(async () => (await healthOf("app replicas"))?.seen.startsWith("3 of 3 run") ?? false, 60_000);
    const before = await images();
    edit(stage.installation, file, image, `${registry.address}/proxy:2`);
    const refused = await run("deploy:staging");
    stage.installation.write(file, good);
    expectRefusal(
      refused,
      /Image \S+\/proxy:2 cannot be had: its registry does not answer \(.*connection refused ?\), and no recipe in images\/ builds it/,
    );
    expect(await images()).toEqual(before);
    await expectWhole();
  });

  it("the backend is away during a deploy: one line, nothing lost, and the next run repairs", async () => {
    await using database = await startStateDatabase();
    await using other = createInstallation("");
    for (const name of ["app.cfg", "web.cfg", "docker-compose.yml", "docker-compose.staging.yml"])
      other.write(`compose/${name}`, stage.installation.read(`compose/${name}`));
    other.write("compose/docker-compose.laptop.yml", "services: {}\n");
    const template = stage.installation.read("compose/env.template");
    other.write("compose/env.template", `${template}PGPASSWORD=${database.password}\n`);
    const settings = stage.installation.read("understudy.yml").replace(/^project: .*$/m, `project: ${other.project}`);
    other.write(
      "understudy.yml",
      `${settings.replace("bind: 0.0.0.0", "bind: 0.0.0.0\n    portOffset: 100")}state: { backend: "${database.url}" }\n`,
    );
    const deployOther = () => other.json<Report>("deploy:staging");
    await deployOther();
    edit(other, "compose/docker-compose.yml", `ANSWER:-version${version}}`, "ANSWER:-other}");
    const verb = other.start("deploy:staging");
    const end = finished(verb);
    expect(await said(verb, "app: changing service")).toBe(true);
    await database.stop();
    expectRefusal(await end, /^error: The state backend postgres:\/\/127\.0\.0\.1:\d+\/postgres cannot be used: /m);
    expectRefusal(await other.run("deploy:staging"), /The state backend \S+ cannot be used: .*connection refused/);
    await database.start();
    expect((await deployOther()).services.every(({ healthy }) => healthy)).toBe(true);
    expect(await deployOther()).toMatchObject({ changes: noChanges });
    await other.json("destroy:staging", "--yes", "--volumes");
    expectOneTruth();
  });

  it("the data's machine is lost for good, as docs/swarm.md says; when it comes back, its old volume is told and not used", async () => {
    const { installation } = stage;
    const settings = installation.read("understudy.yml");
    const repository = `backup: { repository: "${join(stage.swarm.folder, "repository")}" }\n`;
    installation.write("understudy.yml", `${settings}${repository}`);
    const { id } = await installation.json<{ id: string }>("backup", "--staging");
    const kept = rows;
    stage.sql("insert into marker default values");
    const lost = stage.machine(3);
    await lost.die();

    const without = settings.split("\n").filter((line) => !line.includes(lost.url));
    installation.write("understudy.yml", `${without.join("\n")}${repository}`);
    edit(installation, "compose/docker-compose.yml", "node.hostname == node3", "node.role == manager");
    await stage.until(
      async () => (await status()).nodes?.find(({ name }) => name === "node3")?.state === "down",
      180_000,
    );
    expectRefusal(await run("deploy:staging"), /The data of \S+ is on node3, which is down/);
    const manager = stage.machine(1);
    manager.docker("node", "demote", "node3");
    await stage.until(
      async () => (await status()).nodes?.find(({ name }) => name === "node3")?.role === "worker",
      60_000,
    );
    manager.docker("node", "rm", "--force", "node3");
    const volume = `${installation.project}-staging_data`;
    expectRefusal(await run("deploy:staging"), new RegExp(`run again with --accept-empty-volume ${volume}`));
    await installation.json("deploy:staging", "--accept-empty-volume", volume);
    await installation.json("backup:restore", id, "--staging", "--yes");
    rows = kept;
    expect(read()).toBe(rows);
    [home] = stage.volumes();
    expect(home).not.toBe("node3");
    await expectWhole();

    await lost.boot();
    lost.docker("swarm", "leave", "--force");
    const containers = lost.docker("ps", "--all", "--quiet").split("\n").filter(Boolean);
    if (containers.length) lost.docker("rm", "--force", ...containers);
    lost.docker("rmi", "--force", "understudy/haproxy:3.0.11");
    installation.write("understudy.yml", `${settings}${repository}`);
    await installation.json("swarm:form", "--staging", "--yes");
    expect((await status()).olderVolumes).toEqual([{ volume, node: "node3" }]);
    expect(await healthOf("data volumes")).toMatchObject({
      status: "degraded",
      seen: `volume ${volume} also on node3, from before; nothing uses it`,
    });
    const { exitCode, stderr } = await run("deploy:staging");
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`Volume ${volume} is also on node3, from before`);
    expect(lost.docker("images", "--quiet", "understudy/haproxy:3.0.11")).not.toBe("");
    expect(read()).toBe(rows);
    expect(stage.databases()).toHaveLength(1);
    lost.docker("volume", "rm", volume);
    await expectWhole();
  });

  /** What each service runs, in the swarm's own words: a refused deploy leaves it alone. */
  async function images(): Promise<string> {
    const services = stage.machine(1).docker("service", "ls", "--format", "{{.Name}} {{.Image}} {{.Replicas}}");
    return services.split("\n").sort().join("\n");
  }

  /** All machines as one engine, as verbs have them. */
  function fleet(): Promise<Engine> {
    const nodes = stage.swarm.hosts.map(({ url }) => ({
      ...{ host: url, sshOptions: [...stage.swarm.sshOptions], role: "manager" as const, ingress: false },
    }));
    const stackName = `${stage.installation.project}-staging`;
    return openEngine({ engine: "swarm", host: "", sshOptions: [], stackName, nodes });
  }
});
