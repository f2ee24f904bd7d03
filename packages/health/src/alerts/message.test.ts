import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText, title } from "./message.ts";
import { anAlert, anyAlert } from "./testing.ts";

const minute = 60_000;

describe("title", () => {
  const { since } = anAlert();

  it.each([
    ["staging: postgres is down (also affects n8n)", anAlert()],
    ["staging: postgres is down", anAlert({ affected: [] })],
    ["staging: postgres is degraded: postgres query", anAlert({ severity: "warning", affected: [] })],
    ["staging: host is unhealthy: postgres query", anAlert({ service: "host", affected: [] })],
    [
      "staging: postgres is still down after 4 h",
      anAlert({ kind: "reminder", affected: [], at: since + 240 * minute }),
    ],
    ["staging: postgres is healthy again after 12 min", anAlert({ kind: "recovery", at: since + 12 * minute })],
    ["staging: postgres: postgres query", anAlert({ kind: "event" })],
    ["staging: test alert, nothing is wrong", anAlert({ kind: "test" })],
  ])("says %s", (words, alert) => expect(title(alert)).toBe(words));

  it("names each affected service once, and five at most", () => {
    const affected = ["a", "b", "a", "c", "d", "e", "f", "g"].map((service) => ({ service, check: "", seen: "" }));
    expect(title(anAlert({ affected }))).toBe("staging: postgres is down (also affects a, b, c, d, e, and 2 more)");
  });
});

describe("plainText", () => {
  it("says what was seen, what was expected, what to do, and shows the evidence", () => {
    const alert = anAlert({ release: "r-1", during: { what: "deploy:staging", release: "r-2" } });
    expect(plainText(alert, alert.at)).toBe(`staging: postgres is down (also affects n8n)

Since 2026-11-21 12:00:00 UTC, 1 min.
It began during deploy:staging (release r-2), or soon after.
Release r-1.
Incident i-1.

Seen:
postgres query: connect ECONNREFUSED (expected: an answer to select 1)
Try: pnpm logs postgres

Also affected:
n8n readiness: 503

Container:
exited, exit code 137
2 restarts in the last hour

Last log lines:
    LOG: shutting down
    FATAL: out of memory

Run next:
    pnpm health:check --staging --only postgres`);
  });

  it("says from when to when it was, once it is over", () => {
    const alert = anAlert({ kind: "recovery" });
    expect(plainText(alert, alert.at)).toContain("From 2026-11-21 12:00:00 UTC to 2026-11-21 12:01:30 UTC, 1 min.");
  });

  it("says when it comes late", () => {
    const alert = anAlert();
    expect(plainText(alert, alert.at + 4 * minute)).not.toContain("late");
    expect(plainText(alert, alert.at + 58 * minute)).toContain("Sent 58 min late");
  });

  it("stays short, whatever is in the alert, and keeps the last log lines", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    const long = plainText(anAlert({ evidence: { lastLogLines: lines, commands: [] } }), 0);
    expect(long).toContain("line 499");
    expect(long).not.toContain("line 489");
    fc.assert(
      fc.property(anyAlert, (alert) => {
        expect(title(alert).length).toBeLessThanOrEqual(200);
        expect(title(alert)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(plainText(alert, alert.at).length).toBeLessThan(25_000);
      }),
    );
  });
});
