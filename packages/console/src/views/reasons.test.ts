import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { HistoryStore, historyFile } from "@understudy/health";
import { expect, it } from "vitest";
import { testConsole } from "../testing.ts";
import { healthHistory } from "./health.ts";
import { overview } from "./overview.ts";

const now = Date.now();
const minute = 60_000;

it("tells why a check fails, and why it did: what was seen, what was expected, what to try", async () => {
  await using console = await testConsole();
  const file = historyFile(console.installation, "staging");
  mkdirSync(dirname(file), { recursive: true });
  const store = HistoryStore.open(file, { maxBytes: 1e8, historyDays: 365 });
  const look = (ago: number, seen: string, status: "healthy" | "unhealthy", state?: unknown) =>
    store.commit({
      at: now - ago,
      results: [{ check: "n8n readiness", service: "n8n", status, seen, ms: 5, interval: minute }],
      state,
    });
  look(9 * minute, "connection refused", "unhealthy");
  look(8 * minute, "status 200", "healthy");
  look(2 * minute, "status 503", "unhealthy");
  const last = { name: "n8n readiness", service: "n8n", status: "unhealthy", seen: "status 502", ms: 5 };
  const told = { expected: "status 200", next: "pnpm logs n8n" };
  look(minute, "status 504", "unhealthy", { states: [{ last: { ...last, ...told } }] });
  const incident = { service: "n8n", checks: ["n8n readiness"], severity: "critical" as const };
  store.commit({
    at: now,
    incidents: [
      { ...incident, id: "over", openedAt: now - 9 * minute, closedAt: now - 8 * minute },
      { ...incident, id: "open", openedAt: now - 2 * minute },
    ],
  });
  store.close();

  const reason = { check: "n8n readiness", seen: "status 502", ...told };
  const { checks, incidents } = healthHistory("staging", 60 * minute, now);
  expect(checks).toMatchObject([{ check: "n8n readiness", status: "unhealthy", reason }]);
  expect(incidents.map(({ id, checks }) => [id, checks])).toEqual([
    ["open", [reason]],
    ["over", [{ ...reason, seen: "connection refused", expected: null, next: null }]],
  ]);
  const { environments } = await overview(["staging"]);
  expect(environments[0]?.health).toMatchObject({ failing: [{ ...reason, service: "n8n", status: "unhealthy" }] });
});
