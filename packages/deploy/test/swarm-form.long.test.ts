import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FormReport } from "../src/swarm/report-form.ts";
import { createInstallation, type TestInstallation } from "./support/installation.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { type SwarmHost, type SwarmHosts, startSwarmHosts } from "./support/swarm-hosts.ts";

// In CI it must run or fail: nobody reads there what was skipped.
const reason = process.env.CI ? undefined : cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, swarm-form.long.test.ts: ${reason}`);

describe.skipIf(reason)(`the machines of a swarm${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let swarm: SwarmHosts;
  let installation: TestInstallation;
  beforeAll(async () => {
    swarm = await startSwarmHosts(4);
    installation = createInstallation("");
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
    await swarm?.[Symbol.asyncDispose]();
  });

  const machine = (number: number): SwarmHost => {
    const host = swarm.hosts[number - 1];
    if (!host) throw new Error(`no machine ${number}`);
    return host;
  };
  /** Settings for some of the machines, by number: `manager`, `worker`, `manager, ingress: true`. */
  function name(nodes: Record<number, string>, more: readonly string[] = []): void {
    const lines = Object.entries(nodes).map(([number, role]) => {
      const options = JSON.stringify(swarm.sshOptions);
      return `      - { host: "${machine(Number(number)).url}", sshOptions: ${options}, role: ${role} }\n`;
    });
    const others = more.map((line) => `      - ${line}\n`);
    const environment = "  east:\n    kind: production\n    engine: swarm\n    bind: 0.0.0.0\n    nodes:\n";
    installation.write(
      "understudy.yml",
      `project: ${installation.project}\nenvironments:\n${environment}${[...lines, ...others].join("")}`,
    );
  }
  const form = (...flags: string[]) => installation.run("swarm:form", "--environment", "east", ...flags);
  const report = (...flags: string[]) =>
    installation.json<FormReport>("swarm:form", "--environment", "east", "--yes", ...flags);

  const stateOf = (host: SwarmHost) => host.docker("info", "--format", "{{.Swarm.LocalNodeState}}");
  /** As the first machine sees them; nodes that left stay listed as down. */
  const nodes = () =>
    machine(1)
      .docker("node", "ls", "--format", "{{.Hostname}} {{.Status}} {{.ManagerStatus}}")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => !line.includes("Down"))
      .sort();
  /** One line that says what and what to do, exit 1. */
  async function refused(what: string, next: string): Promise<void> {
    const { exitCode, stderr } = await form("--yes");
    const said = stderr.split("\n").filter((line) => line.startsWith("error: "));
    expect({ exitCode, said }).toEqual({ exitCode: 1, said: [expect.stringContaining(what)] });
    expect(said[0]).toContain(next);
  }

  it("says what it would do, and does nothing", async () => {
    name({ 1: "manager, ingress: true", 2: "worker", 3: "worker" });
    const { exitCode, stdout, stderr } = await form("--dry-run");
    expect({ exitCode, stdout, stderr }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`ssh://root@${machine(1).address}: begin the swarm at ${machine(1).address}`),
    });
    expect(stdout).toContain(`ssh://root@${machine(3).address}: join as worker at ${machine(3).address}`);
    for (const host of swarm.hosts) expect(stateOf(host)).toBe("inactive");
    expect(existsSync(join(installation.root, ".understudy/journal"))).toBe(false);
  });

  it("does not begin unasked", async () => {
    const { exitCode, stderr } = await form();
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("--yes if you mean it"),
    });
    for (const host of swarm.hosts) expect(stateOf(host)).toBe("inactive");
  });

  it("forms it from bare machines, goes on after a kill, and finds nothing to do the next time", async () => {
    const cutOff = await installation.during(
      ["swarm:form", "--environment", "east", "--yes"],
      () => installation.steps("east").includes("join"),
      (pid) => process.kill(pid, "SIGKILL"),
    );
    expect(cutOff?.exitCode).toBe(null);
    const { exitCode, stderr } = await form("--yes");
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("was cut off at") });
    const again = await report();
    expect(again).toMatchObject({ environment: "east", changes: [], unnamed: [] });
    expect(again.nodes).toMatchObject([
      { name: "node1", role: "manager", leader: true, state: "ready", ingress: true, address: machine(1).address },
      { name: "node2", role: "worker", state: "ready", availability: "active", ingress: false },
      { name: "node3", role: "worker", state: "ready", address: machine(3).address, vxlan: true },
    ]);
    expect(nodes()).toEqual(["node1 Ready Leader", "node2 Ready", "node3 Ready"]);
  });

  it("keeps the tokens by which machines join to itself", () => {
    const written = globSync(join(installation.root, "{logs,.understudy}/**/*.{log,jsonl,json}"));
    expect(written.length).toBeGreaterThan(1);
    for (const file of written) expect(readFileSync(file, "utf8")).not.toContain("SWMTKN");
  });

  it("names what is in the swarm and not in the settings, and leaves it alone", async () => {
    name({ 1: "manager, ingress: true", 2: "worker" });
    const { changes, unnamed } = await report();
    expect({ changes, unnamed }).toMatchObject({ changes: [], unnamed: [{ name: "node3", state: "ready" }] });
  });

  it("changes roles and where requests come in; two managers are worth no more than one", async () => {
    name({ 1: "manager, ingress: true", 2: "manager, ingress: true", 3: "manager" });
    await report();
    expect(nodes()).toEqual(["node1 Ready Leader", "node2 Ready Reachable", "node3 Ready Reachable"]);
    machine(1).docker("node", "update", "--availability", "drain", "node3");
    name({ 1: "manager, ingress: true", 2: "manager", 3: "worker" });
    const { changes, nodes: seen, notes } = await report();
    expect(changes.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "no requests come in here any more",
      "take tasks again",
      "demote to worker",
    ]);
    expect(seen.map(({ name: node, role, ingress, availability }) => [node, role, ingress, availability])).toEqual([
      ["node1", "manager", true, "active"],
      ["node2", "manager", false, "active"],
      ["node3", "worker", false, "active"],
    ]);
    expect(notes).toContain("2 managers survive the loss of none, as 1 would: use 3");
  });

  it("refuses a machine of another swarm, and takes it once it has left that", async () => {
    const other = machine(4);
    other.docker("swarm", "init", "--advertise-addr", other.address);
    const settings = { 1: "manager, ingress: true", 2: "worker", 3: "worker", 4: "worker" };
    name(settings);
    await refused(`${other.url} is in another swarm than ${machine(1).url}`, "docker swarm leave --force");
    expect(nodes()).toEqual(["node1 Ready Leader", "node2 Ready Reachable", "node3 Ready"]);
    other.docker("swarm", "leave", "--force");
    await report();
    expect(nodes()).toEqual(["node1 Ready Leader", "node2 Ready", "node3 Ready", "node4 Ready"]);
  });

  it("refuses two names of one engine", async () => {
    name({ 1: "manager, ingress: true", 2: "worker" }, [`{ host: "${machine(2).dockerHost}", address: 192.0.2.1 }`]);
    await refused(`${machine(2).url} and ${machine(2).dockerHost} are one engine`, "once");
  });

  it("asks for the address of a machine whose host names none", async () => {
    machine(4).docker("swarm", "leave", "--force");
    name({ 1: "manager, ingress: true" }, [`{ host: "${machine(4).dockerHost}" }`]);
    await refused("does not say what the other machines reach it by", machine(4).address);
  });

  it("says which machine does not reach which, before anything hangs", async () => {
    name({ 1: "manager, ingress: true", 4: "worker" });
    machine(4).cut(machine(1));
    await refused(`${machine(4).url} does not reach the manager at ${machine(1).address}:2377`, "UDP 4789");
    machine(4).mend();
    expect(stateOf(machine(4))).toBe("inactive");
  });

  it("takes back a join that got half-way: the manager lets it in, and then cannot reach it", async () => {
    name({ 1: "manager, ingress: true", 2: "worker", 3: "worker", 4: "manager" });
    const wall = ["INPUT", "--protocol", "tcp", "--dport", "2377", "--jump", "DROP"];
    const iptables = (how: string) =>
      execFileSync("nsenter", [`--net=/run/netns/${machine(4).namespace}`, "iptables", how, ...wall]);
    iptables("--insert");
    await refused(`${machine(4).url} could not join the swarm`, "TCP 2377");
    expect(stateOf(machine(4))).toBe("inactive");
    iptables("--delete");
    const { unnamed } = await report();
    expect(unnamed.filter(({ state }) => state !== "down")).toEqual([]);
    expect(nodes()).toContain("node4 Ready Reachable");
    // One of two managers that dies would take the swarm's mind with it.
    name({ 1: "manager, ingress: true", 2: "worker", 3: "worker", 4: "worker" });
    await report();
  });

  it("names a machine that does not answer, and changes nothing at the others", async () => {
    name({ 1: "manager, ingress: true", 2: "manager", 4: "worker" });
    await machine(4).die();
    await refused(`${machine(4).url} cannot be reached`, "ssh");
    expect(nodes()).toContain("node2 Ready");
  });
});
