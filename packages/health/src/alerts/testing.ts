import fc from "fast-check";
import type { Alert } from "./alert.ts";

/** For tests: Postgres is down, and n8n with it. */
export function anAlert(fields: Partial<Alert> = {}): Alert {
  return {
    id: "i-1",
    kind: "problem",
    environment: "staging",
    service: "postgres",
    severity: "critical",
    checks: [
      {
        name: "postgres query",
        seen: "connect ECONNREFUSED",
        expected: "an answer to select 1",
        next: "pnpm logs postgres",
      },
    ],
    affected: [{ service: "n8n", check: "n8n readiness", seen: "503" }],
    evidence: {
      state: "exited, exit code 137",
      restarts: 2,
      lastLogLines: ["LOG:  shutting down", "FATAL:  out of memory"],
      commands: ["pnpm health:check --staging --only postgres"],
    },
    since: Date.UTC(2026, 10, 21, 12, 0, 0),
    at: Date.UTC(2026, 10, 21, 12, 1, 30),
    ...fields,
  };
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom("&", "<", ">", "`", "\r", "\n", "\u2028", "😀", "\u001b[31m", "\ud83d"),
    maxLength: 400,
  }),
);

/** For property tests: any alert, with what logs and people may put into one. */
export const anyAlert: fc.Arbitrary<Alert> = fc.record(
  {
    id: text,
    kind: fc.constantFrom("problem", "reminder", "recovery", "event", "test"),
    environment: text,
    release: text,
    during: fc.record({ what: text, release: text }, { requiredKeys: ["what"] }),
    service: text,
    severity: fc.constantFrom("critical", "warning"),
    checks: fc.array(
      fc.record({ name: text, seen: text, expected: text, next: text }, { requiredKeys: ["name", "seen", "expected"] }),
      { maxLength: 60 },
    ),
    affected: fc.array(fc.record({ service: text, check: text, seen: text }), { maxLength: 60 }),
    evidence: fc.record(
      {
        state: text,
        restarts: fc.nat(),
        lastLogLines: fc.array(text, { maxLength: 60 }),
        commands: fc.array(text, { maxLength: 60 }),
      },
      { requiredKeys: ["lastLogLines", "commands"] },
    ),
    since: fc.integer({ min: 0, max: 4e12 }),
    at: fc.integer({ min: 0, max: 4e12 }),
  },
  {
    requiredKeys: ["id", "kind", "environment", "service", "severity", "checks", "affected", "evidence", "since", "at"],
  },
);
