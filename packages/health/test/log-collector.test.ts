import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type Engine, secrets } from "@understudy/core";
import { builtName } from "@understudy/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LogCollector } from "../src/logs/collector.ts";

/** A container that prints a counted line ten times a second, with an error in every third. */
const chatter = `i=0; while true; do i=$((i+1)); echo "line $i of correct-horse"; [ $((i % 3)) -eq 0 ] && echo "ERROR: order $i not found" >&2; sleep 0.1; done`;

describe("the collector of containers' output", () => {
  let engine: Engine;
  let container: string;
  const folder = mkdtempSync(join(tmpdir(), "collector-"));
  const problems: string[] = [];
  let today = new Date(2026, 10, 21, 12);
  const collector = (until?: Record<string, number>, dailyLimit = 1_000_000) =>
    new LogCollector(
      {
        folder,
        dailyLimit,
        now: () => today.getTime(),
        report: (service, problem) => problems.push(`${service}: ${problem}`),
      },
      until,
    );
  const follow = async (collecting: LogCollector) => {
    const info = await engine.docker.getContainer(container).inspect();
    collecting.follow(engine, new Map([["chatter", info]]));
  };
  const counted = (file: string) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/ line (\d+) of/g)].map(([, count]) => Number(count));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  beforeAll(async () => {
    secrets.add(["correct-horse"]);
    engine = await connectEngine("local");
    const created = await engine.docker.createContainer({
      Image: await builtName("toolbox"),
      Cmd: ["bash", "-c", chatter],
    });
    container = created.id;
    await created.start();
  });
  afterAll(async () => {
    await engine.docker.getContainer(container).remove({ force: true });
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps each line once, over a restart of its own, and never a secret", async () => {
    const first = collector({ chatter: 1 });
    await follow(first);
    await pause(2_000);
    first.stop();
    const { until } = first;
    await pause(1_000);
    const second = collector(until);
    await follow(second);
    await pause(2_000);
    second.stop();
    await pause(300);
    const [file = ""] = readdirSync(folder);
    expect(file).toBe("chatter-20261121.log");
    const lines = counted(file);
    expect(lines.length).toBeGreaterThan(35);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, index) => index + 1));
    expect(readFileSync(join(folder, file), "utf8")).not.toContain("correct-horse");
  });

  it("counts errors by their kind", async () => {
    const collecting = collector({ chatter: 1 });
    await follow(collecting);
    await pause(1_500);
    const [error, ...others] = collecting.takeErrors();
    expect(others).toEqual([]);
    expect(error).toMatchObject({ service: "chatter", pattern: "ERROR: order ‹n› not found" });
    expect(error?.count).toBeGreaterThan(10);
    await pause(700);
    expect(collecting.takeErrors()[0]?.count).toBeLessThan(10);
    collecting.stop();
  });

  it("begins a new file with a new day, and stops at the day's limit", async () => {
    today = new Date(2026, 10, 22, 12);
    const collecting = collector({ chatter: 1 }, 500);
    await follow(collecting);
    await pause(1_000);
    collecting.stop();
    await pause(300);
    const text = readFileSync(join(folder, "chatter-20261122.log"), "utf8");
    expect(text).toContain("the rest of this day is left out");
    expect(text.length).toBeLessThan(700);
    expect(problems).toEqual([]);
  });
});
