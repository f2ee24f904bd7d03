import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findInstallation } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { historyFile } from "./history-file.ts";
import { Store } from "./store.ts";
import { day, hour, minute, temporaryFolder } from "./testing.ts";

const cli = join(import.meta.dirname, "../cli");

/** An installation in which a monitor has watched two services for a while. */
function installation({ watched }: { watched: boolean }) {
  const root = temporaryFolder();
  const file = historyFile(findInstallation({ UNDERSTUDY_ROOT: root }), "staging");
  const now = Math.floor(Date.now() / minute) * minute;
  if (watched) {
    using store = Store.open(file, { maxBytes: 1e8, historyDays: 365 });
    for (let at = now - 4 * hour; at < now; at += minute) {
      const down = at >= now - 3 * hour && at < now - 2 * hour;
      const n8n = { check: "n8n readiness", service: "n8n", ms: 40 };
      const result = down
        ? { ...n8n, status: "unhealthy" as const, seen: "connection refused" }
        : { ...n8n, status: "healthy" as const, seen: "status 200" };
      store.commit({ at, results: [result, { check: "letta health", service: "letta", status: "healthy", ms: 5 }] });
    }
    const incident = { id: "i1", service: "n8n", checks: ["n8n readiness"], severity: "critical" as const };
    store.commit({ at: now, incidents: [{ ...incident, openedAt: now - 3 * hour, closedAt: now - 2 * hour }] });
    store.markGap({ from: now - 2 * day, to: now - day, why: "the monitor was stopped" });
  }
  const run = (verb: string, ...args: string[]) =>
    new Promise<{ code: number; out: string; error: string }>((resolve) => {
      const options = { env: { ...process.env, UNDERSTUDY_ROOT: root } };
      execFile(process.execPath, [join(cli, `${verb}.ts`), ...args], options, (failure, out, error) =>
        resolve({ code: Number(failure?.code ?? 0), out, error }),
      );
    });
  return { run, now, file, audit: () => readFileSync(join(root, "logs/audit.jsonl"), "utf8") };
}

describe("pnpm health:history", { timeout: 60_000 }, () => {
  it("shows uptime, incidents and the times in which nobody watched", async () => {
    const { run } = installation({ watched: true });
    const { code, out, error } = await run("health-history");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toMatch(/^staging from .* UTC to .* UTC: 87\.4\d+ % up, all checks together\n/);
    expect(out).toMatch(/letta health +│ letta +│ healthy +│ 100 % +│ +│ 3 h 59 min +│ 5 \/ 5 \/ 5/);
    expect(out).toMatch(/n8n readiness +│ n8n +│ healthy +│ 74\.8\d+ % +│ 1 h +│ 3 h 59 min/);
    expect(out).toMatch(/UTC +│ 1 h +│ n8n +│ critical +│ n8n readiness/);
    expect(out).toMatch(/UTC +│ 1 d +│ the monitor was stopped/);
  });

  it("shows with one check what was seen when it changed, and as JSON the same", async () => {
    const { run, now } = installation({ watched: true });
    const { out } = await run("health-history", "--check", "n8n readiness", "--json", "--since", "5h");
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      environment: "staging",
      checks: [{ check: "n8n readiness", service: "n8n", status: "healthy", healthy: 180, unhealthy: 60, down: hour }],
      incidents: [{ id: "i1", openedAt: new Date(now - 3 * hour).toISOString() }],
      changes: [
        { status: "healthy", seen: "status 200", at: new Date(now - 2 * hour).toISOString() },
        { status: "unhealthy", seen: "connection refused" },
        { status: "healthy", seen: "status 200" },
      ],
      gaps: [],
    });
    const letta = await run("health-history", "--service", "letta", "--json");
    expect(JSON.parse(letta.out)).toMatchObject({ checks: [{ check: "letta health" }], incidents: [], changes: [] });
  });

  it("says in one line what is wrong", async () => {
    const { run } = installation({ watched: true });
    const of = async (...args: string[]) => {
      const { code, error } = await run("health-history", ...args);
      return `${code} ${error.trimEnd()}`;
    };
    expect(await of("--since", "yesterday")).toBe(
      '2 error: --since must be a length of time such as 30m, 12h, 7d or 4w, not "yesterday"',
    );
    expect(await of("--check", "n8n")).toBe(
      '1 error: No check is called "n8n". There are: letta health, n8n readiness',
    );
    expect(await of("--service", "mysql")).toBe('1 error: No service is called "mysql". There are: letta, n8n');
  });

  it("says where to begin when there is no history", async () => {
    const { run, file } = installation({ watched: false });
    const { code, error } = await run("health-history");
    expect({ code, error }).toEqual({
      code: 1,
      error: `error: There is no history yet in ${file}. pnpm health:monitor begins it\n`,
    });
  });
});

describe("pnpm health:silence", { timeout: 60_000 }, () => {
  it("silences a check or a service, lists it, ends it, and is audited", async () => {
    const { run, audit } = installation({ watched: true });
    const first = await run("health-silence", "n8n readiness", "--for", "1h", "--why", "upgrade");
    expect(first.out).toMatch(/^No alerts for n8n readiness of staging until .* UTC, for 1 h\n$/);
    await run("health-silence", "letta", "--for", "1d", "--why", "known");
    const listed = await run("health-silence", "--list", "--json");
    expect(JSON.parse(listed.out)).toMatchObject({
      environment: "staging",
      silences: [
        { check: "letta", why: "known" },
        { check: "n8n readiness", why: "upgrade" },
      ],
    });
    expect((await run("health-silence", "--end", "letta")).out).toBe("Alerts for letta of staging are sent again\n");
    expect((await run("health-silence", "--list")).out).toMatch(/n8n readiness .* upgrade/);
    const details = audit()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(details).toMatchObject([
      { what: "health:silence", environment: "staging", result: "succeeded", detail: { why: "upgrade" } },
      { detail: { check: "letta", why: "known" } },
      { detail: { check: "letta", ended: true } },
    ]);
  });

  it("says in one line what is wrong", async () => {
    const { run } = installation({ watched: true });
    const cases: [args: string[], code: number, line: RegExp][] = [
      [["mysql", "--for", "1h", "--why", "x"], 1, /No check or service is called "mysql"\. There are: letta, /],
      [["n8n", "--for", "1h"], 2, /A silence needs --for <time> and --why <text>/],
      [["n8n", "--for", "soon", "--why", "x"], 2, /--for must be a length of time .* not "soon"/],
      [["n8n", "--for", "1h", "--why", " "], 2, /A silence needs/],
      [[], 2, /Name one check or service, or give --list, or --end <check>/],
      [["n8n", "--list"], 2, /Name one check or service/],
      [["--list", "--for", "1h"], 2, /--for and --why go with a check/],
      [["--end", "n8n"], 1, /"n8n" of staging is not silenced. Nothing is/],
    ];
    const refused = await Promise.all(cases.map(([args]) => run("health-silence", ...args)));
    for (const [index, [, code, line]] of cases.entries()) {
      expect(refused[index]?.code).toBe(code);
      expect(refused[index]?.error.trimEnd()).toMatch(line);
      expect(refused[index]?.error.trimEnd()).not.toContain("\n");
    }
  });
});
