import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName, isTimestamp, namePattern, nextTimestamp, slugOf } from "./name.ts";

describe("names of files", () => {
  const timestamp = "20251003120000";

  it("are what the team agreed on", () => {
    const name = (title: string, fromProduction = false) => fileName({ timestamp, title, fromProduction }, new Set());
    expect(name("Agent webhook handler")).toBe("20251003120000_agent_webhook_handler.sql");
    expect(name("Analytics", true)).toBe("20251003120000_prod_sync_analytics.sql");
    expect(name('Größe "XL" 🚀')).toBe("20251003120000_grosse_xl.sql");
    expect(name("🚀")).toBe("20251003120000_workflow.sql");
  });

  it("never take another file's place", () => {
    const taken = new Set(["20251003120000_a.sql", "20251003120000_a_2.sql"]);
    expect(fileName({ timestamp, title: "A!", fromProduction: false }, taken)).toBe("20251003120000_a_3.sql");
  });

  it("are names of migrations for any title, however long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.boolean(), (title, fromProduction) => {
        expect(fileName({ timestamp, title, fromProduction }, new Set())).toMatch(namePattern);
        expect(slugOf(title)).toBe(slugOf(slugOf(title)));
      }),
    );
  });
});

describe("timestamps", () => {
  const now = Date.parse("2026-11-22T12:00:00.900Z");

  it("are UTC, and after every one that there is", () => {
    expect(nextTimestamp(now, [])).toBe("20261122120000");
    expect(nextTimestamp(now, ["20261122115959_a.sql"])).toBe("20261122120000");
    expect(nextTimestamp(now, ["20261231235959_a.sql", "20261122120000_b.sql"])).toBe("20270101000000");
  });

  it("are moments that there are", () => {
    expect(isTimestamp("20261122120000")).toBe(true);
    for (const digits of ["20260631120000", "20261322120000", "20261122250000", "00000000000000"]) {
      expect(isTimestamp(digits), digits).toBe(false);
    }
  });
});
