import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, exec } from "@understudy/core";
import { expect } from "vitest";
import { finished, type TestInstallation } from "./installation.ts";

interface DeployJson {
  changes: Record<string, number>;
  services: { name: string; healthy: boolean }[];
}

export interface Campaign {
  readonly installation: TestInstallation;
  readonly kills: number;
  readonly seed: number;
  /** Name of the database service, which keeps a marker row all along. */
  readonly database: string;
  /** Change what the deploy must do, so that an odd kill meets a change of a running stack. */
  change(round: number): void;
}

export interface Kill {
  readonly round: number;
  readonly from: "nothing" | "a change";
  readonly killed: "the process" | "its whole group";
  /** ms after the start. */
  readonly after: number;
  /** The journal's last step when it died, or `before the lock`. */
  readonly at: string;
  /** Seconds that the next run took to a healthy stack. */
  readonly recovered: number;
}

/**
 * Kill deploys at random moments, even ones from nothing, odd ones in the middle of a change, alternately the process
 * alone (its Pulumi lives on as an orphan) and its whole group. After each, the same command must end with a healthy
 * stack, the data that was there before, nothing left over, and nothing more to do.
 */
export async function killCampaign(campaign: Campaign): Promise<Kill[]> {
  const { installation } = campaign;
  const random = mulberry32(campaign.seed);
  const deploy = (...flags: string[]) => installation.json<DeployJson>("deploy:staging", "--env", "laptop", ...flags);
  const started = Date.now();
  await deploy();
  const fromNothing = Date.now() - started;
  await sql(campaign, "create table marker (id int primary key); insert into marker values (42)");
  const kills: Kill[] = [];
  // How long a deploy lasts, per kind of round: shortened whenever one ended before its kill came.
  const window = { nothing: fromNothing, "a change": fromNothing };
  for (let round = 0, attempt = 0; round < campaign.kills; attempt++) {
    const from = round % 2 === 0 ? "nothing" : "a change";
    if (from === "nothing") await installation.json("destroy:staging", "--yes");
    else campaign.change(attempt);
    const after = Math.round(300 + random() * window[from]);
    const killed = random() < 0.5 ? "the process" : "its whole group";
    const child = installation.start("deploy:staging", "--env", "laptop");
    const end = finished(child);
    await Promise.race([sleep(after), end]);
    if (child.exitCode !== null) {
      window[from] *= 0.85;
      continue;
    }
    const at = lastStep(installation);
    if (child.pid) process.kill(killed === "the process" ? child.pid : -child.pid, "SIGKILL");
    if (killed === "its whole group") await end;
    const again = Date.now();
    const report = await deploy();
    kills.push({ round: round++, from, killed, after, at, recovered: Math.round((Date.now() - again) / 100) / 10 });
    expect(
      report.services.every(({ healthy }) => healthy),
      JSON.stringify(kills.at(-1)),
    ).toBe(true);
    expect(await sql(campaign, "select id from marker")).toBe("42");
    await nothingLeftOver(installation, report.services.length);
    expect((await deploy("--refresh")).changes, JSON.stringify(kills.at(-1))).toEqual({
      create: 0,
      update: 0,
      delete: 0,
      replace: 0,
    });
  }
  return kills;
}

/** The campaign as a Markdown table, for docs/reliability.md. */
export function killTable(kills: readonly Kill[]): string {
  const rows = kills.map(
    ({ round, from, killed, after, at, recovered }) =>
      `| ${round} | ${from} | ${killed} | ${(after / 1_000).toFixed(1)} s | ${at} | ${recovered} s |`,
  );
  return [
    "| kill | deploy from | killed | after | journal said | next run healthy in |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

async function nothingLeftOver({ project }: TestInstallation, services: number): Promise<void> {
  await using engine = await connectEngine("local");
  const containers = await engine.docker.listContainers({ all: true });
  const ours = containers.flatMap(({ Names }) => Names).filter((name) => name.startsWith(`/${project}-`));
  expect(ours).toHaveLength(services);
}

async function sql({ installation, database }: Campaign, statement: string): Promise<string> {
  await using engine = await connectEngine("local");
  const { exitCode, stdout, stderr } = await exec(engine, `${installation.project}-staging-${database}`, [
    "psql",
    "-U",
    "postgres",
    "-tAc",
    statement,
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

function lastStep({ root }: TestInstallation): string {
  const lines = readFileSync(join(root, ".understudy/journal/staging.jsonl"), "utf8").trimEnd().split("\n");
  const { step } = JSON.parse(lines.at(-1) ?? "{}") as { step?: string };
  return step === "end" || !step ? "before the lock" : step;
}

/** A small seeded generator, so that a campaign can be run again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
