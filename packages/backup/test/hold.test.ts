import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ContainerInspectInfo, exec } from "@understudy/core";
import { removeContainer } from "@understudy/data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { continueAll } from "../src/hold/continue-all.ts";
import { Hold } from "../src/hold/hold.ts";
import { sendSteadily } from "./support/hold-load.ts";
import { forking, serving, startWriters, switching, ticking, type WriterStack } from "./support/hold-writers.ts";

const holder = fileURLToPath(new URL("support/hold-until-killed.ts", import.meta.url));
const deadline = 20_000;

describe("a hold", () => {
  let stack: WriterStack;
  let writer: ContainerInspectInfo;
  const states = async (container = writer) => [...new Set(await stack.states(container))].sort().join("");
  const prepare = (containers = [writer], limit = deadline) =>
    Hold.prepare(stack.engine, { stackName: stack.stackName, containers, deadline: limit });
  const watchdog = () => stack.engine.docker.getContainer(`${stack.stackName}-hold`);

  beforeAll(async () => {
    stack = await startWriters();
    writer = await stack.start(ticking);
  });

  afterAll(() => stack[Symbol.asyncDispose]());

  it("stops processes of every kind, and lets them go on", async () => {
    const containers = await Promise.all([forking, switching, serving].map((kind) => stack.start(kind)));
    const seen = () => Promise.all(containers.slice(0, 2).map(async (each) => (await stack.printed(each)).length));
    await sleep(500);
    await using hold = await prepare(containers);
    expect(hold.continued).toEqual([]);
    const asked = performance.now();
    await hold.begin();
    const stood = performance.now();
    await sleep(100); // For the engine to read what they had printed.
    const printed = await seen();
    for (let look = 0; look < 5; look++) {
      expect(await Promise.all(containers.map(states))).toEqual([expect.stringMatching(/^TZ?$/), "T", "T"]);
    }
    expect(await seen()).toEqual(printed);
    const atLeast = performance.now() - stood;
    const stoodStill = await hold.release();
    const step = 10; // of the clock, ms
    expect(stoodStill).toBeGreaterThan(atLeast - step);
    expect(stoodStill).toBeLessThan(performance.now() - asked + step);
    expect(await hold.release()).toBe(stoodStill);
    for (const each of containers) expect(await states(each)).not.toContain("T");
    await expect
      .poll(async () => (await seen()).map((lines, index) => lines > (printed[index] ?? 0)))
      .toEqual([true, true]);
    for (const { Id } of containers) await removeContainer(stack.engine, Id);
  });

  it("fails no request, and nothing is written in it", async () => {
    const server = await stack.start(serving);
    const url = `http://${server.NetworkSettings.Networks.bridge?.IPAddress}:8080/`;
    await expect.poll(() => fetch(url).then(({ status }) => status, String)).toBe(200);
    await using hold = await prepare([server]);
    await using load = sendSteadily(url, 50);
    await sleep(500);
    await hold.begin();
    const began = Date.now();
    await sleep(2_000);
    const ended = Date.now();
    await hold.release();
    await sleep(300);
    const { answered, failed, longest } = await load.end();
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(120);
    expect(longest).toBeGreaterThan(1_000);
    const { stdout } = await exec(stack.engine, server.Id, ["sh", "-c", "cat /tmp/[0-9]*"], { keep: 1e6 });
    const written = stdout.trim().split("\n").map(Number);
    expect(written.filter((time) => time > began && time < ended)).toEqual([]);
    expect(written.filter((time) => time < began)).not.toEqual([]);
    expect(written.filter((time) => time > ended)).not.toEqual([]);
  });

  it("stops what begins in it", async () => {
    await using hold = await prepare();
    await hold.begin();
    const late = exec(stack.engine, writer.Id, ["bash", "-c", "sleep 0.5; echo written"]);
    await sleep(1_000);
    const seen = await states();
    await hold.release();
    expect(seen).toBe("T");
    expect(await late).toMatchObject({ exitCode: 0, stdout: "written\n" });
  });

  it("ends with us when we are killed", async () => {
    const child = await startHolder();
    expect(await states()).toBe("T");
    child.kill("SIGKILL");
    await expect.poll(() => states(), { timeout: 2_000, interval: 50 }).not.toContain("T");
  });

  it("ends at its deadline, and says so", async () => {
    await using hold = await prepare([writer], 700);
    await hold.begin();
    await expect.poll(() => states(), { timeout: 2_000 }).not.toContain("T");
    await expect(hold.release()).rejects.toThrow(/^\S+ could not be held any longer than 700 ms, and run on$/);
    await expect(hold.release()).rejects.toThrow("700 ms");
  });

  it("tells of a container that was restarted, died, or was gone before", async () => {
    const [restarted, killed] = [await stack.start(ticking), await stack.start(ticking)];
    await using hold = await prepare([writer, restarted, killed]);
    await hold.begin();
    // Its new process stands still too: the engine calls it started after the hold.
    const restart = stack.engine.docker.getContainer(restarted.Id).restart({ t: 0 });
    await stack.engine.docker.getContainer(killed.Id).kill();
    await sleep(500);
    const names = [restarted, killed].map(({ Name }) => Name.slice(1)).join(", ");
    await expect(hold.release()).rejects.toThrow(`${names} began or ended while the writers were to stand still`);
    await restart;
    await hold[Symbol.asyncDispose]();

    await using second = await prepare([writer, killed]);
    await expect(second.begin()).rejects.toThrow(`No process of ${names.split(", ")[1]} is to be seen on local`);
    await expect.poll(() => states(), { timeout: 1_000 }).not.toContain("T");
  });

  it.each(["SIGKILL", "SIGTERM"])("lets the writers go on when its watchdog gets %s, and says so", async (signal) => {
    await using hold = await prepare();
    await hold.begin();
    await watchdog().kill({ signal });
    await expect.poll(() => states(), { timeout: 2_000, interval: 50 }).not.toContain("T");
    await expect(hold.release()).rejects.toThrow("was ended from outside; they run on");
  });

  it("is set right by hand, or by the next one, when both were killed at once", async () => {
    const killBoth = async () => {
      const child = await startHolder();
      child.kill("SIGSTOP"); // So that it does not see what happens to its watchdog.
      await watchdog().kill();
      child.kill("SIGKILL");
      await sleep(500);
      expect(await states()).toBe("T");
    };
    const writers = { stackName: stack.stackName, containers: [writer] };
    const name = writer.Name.slice(1);
    await killBoth();
    expect(await continueAll(stack.engine, writers)).toEqual([name]);
    expect(await states()).not.toContain("T");
    expect(await continueAll(stack.engine, writers)).toEqual([]);
    await killBoth();
    await using hold = await prepare();
    expect(hold.continued).toEqual([name]);
    expect(await states()).not.toContain("T");
  });

  it("holds nothing but the writers, and of a stack without any nothing at all", async () => {
    const other = await stack.start(ticking);
    for (const containers of [[writer], []]) {
      await using hold = await prepare(containers);
      await hold.begin();
      expect(await states(other)).not.toContain("T");
      await hold.release();
    }
  });

  it("leaves no watchdog behind", async () => {
    {
      await using hold = await prepare();
      await hold.begin();
    }
    expect(await states()).not.toContain("T");
    await expect(watchdog().inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  async function startHolder(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [holder, stack.stackName, writer.Id], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return child;
  }
});
