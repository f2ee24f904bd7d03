import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { appPolicy } from "./copy-policy.ts";
import type { Garden } from "./planted.ts";
import { footprint } from "./production-footprint.ts";
import { fillSmallStage, leftovers, openSmallStage, served } from "./small-stage.ts";
import type { Stage } from "./stage.ts";

const offsets = { staging: 23_900, production: 24_000 };

/** What stops a copy, in which words, and that staging's old data serves on. */
export function refusalSuite(): void {
  describe("a copy that must not be", () => {
    let stage: Stage;
    let garden: Garden;
    let before: string;

    beforeAll(async () => {
      stage = await openSmallStage(offsets);
      garden = await fillSmallStage(stage, 500);
      stage.installation.write("sanitize.yml", appPolicy);
      before = await footprint(stage);
    });
    afterEach(async () => {
      expect(await served(stage)).toBe("old");
      expect(await leftovers(stage)).toBe("");
      expect(await footprint(stage)).toBe(before);
      expect(told(stage).filter((text) => garden.planted.some(({ trace }) => text.includes(trace)))).toEqual([]);
    });
    afterAll(async () => stage?.[Symbol.asyncDispose]());

    const copy = (...flags: string[]) =>
      stage.installation.run("sync:production", "--only", "postgres", "--yes", ...flags);
    const refuses = async (said: RegExp) => {
      const { exitCode, stdout, stderr } = await copy();
      expect({ exitCode, said: stderr }).toEqual({ exitCode: 1, said: expect.stringMatching(said) });
      expect(garden.planted.filter(({ trace }) => (stdout + stderr).includes(trace))).toEqual([]);
    };
    /** Change production, and back. */
    const changed = async (change: string, back: string, work: () => Promise<void>) => {
      await stage.sql("production", "app", change);
      try {
        await work();
      } finally {
        await stage.sql("production", "app", back);
      }
    };

    it("a new column, by name", () =>
      changed("ALTER TABLE crm.orders ADD courier text", "ALTER TABLE crm.orders DROP courier", () =>
        refuses(/crm\.orders\.courier.*pnpm sync:policy/s),
      ));

    it("a new table, by name", () =>
      changed("CREATE TABLE crm.leads (mail text)", "DROP TABLE crm.leads", () =>
        refuses(/crm\.leads.*pnpm sync:policy/s),
      ));

    it("a new JSON key in one row, by path", () =>
      changed(
        `UPDATE crm.customers SET profile = jsonb_set(profile, '{contact,fax}', '"1"') WHERE id = 77`,
        `UPDATE crm.customers SET profile = profile #- '{contact,fax}' WHERE id = 77`,
        () => refuses(/\$\.contact\.fax in crm\.customers\.profile.*pnpm sync:policy/s),
      ));

    it("a column that is kept and holds what another one masks", () =>
      changed(
        "CREATE TABLE crm.changes AS SELECT id, email AS who FROM crm.customers",
        "DROP TABLE crm.changes",
        async () => {
          stage.installation.write(
            "sanitize.yml",
            `${appPolicy}      crm.changes: { columns: { id: keep, who: keep } }\n`,
          );
          await refuses(/crm\.customers\.email.*crm\.changes\.who/s);
          stage.installation.write("sanitize.yml", appPolicy);
        },
      ));

    it("a masker that was switched off", async () => {
      stage.installation.write("sanitize.yml", appPolicy.replace("email: email, weekly", "email: keep, weekly"));
      await refuses(/crm\.newsletter/);
      stage.installation.write("sanitize.yml", appPolicy.replace("note: text } }", "note: keep } }"));
      await changed(
        "UPDATE crm.orders SET note = 'invoice to ' || email FROM crm.customers c WHERE c.id = customer AND customer < 20",
        "UPDATE crm.orders SET note = 'none' WHERE customer < 20",
        () => refuses(/crm\.customers\.email.*crm\.orders\.note/s),
      );
      stage.installation.write("sanitize.yml", appPolicy);
    });

    it("a personal value in a comment", () =>
      changed(
        `COMMENT ON COLUMN crm.orders.note IS 'ask ${garden.planted[0]?.value}'`,
        "COMMENT ON COLUMN crm.orders.note IS NULL",
        () => refuses(/comment on .*crm\.orders\.note has 1 of app: crm\.customers\.email/),
      ));

    it("a policy with an error, by file and line", async () => {
      stage.installation.write("sanitize.yml", appPolicy.replace("phone: phone", "phone: phnoe"));
      await refuses(/sanitize\.yml:9: .*crm\.customers.*phone.*phnoe/);
      stage.installation.write("sanitize.yml", appPolicy);
    });

    it("a mask that a constraint does not let be", async () => {
      stage.installation.write(
        "sanitize.yml",
        appPolicy.replace("{ mask: date, person: id }", "{ mask: fixed, value: 1800-01-01 }"),
      );
      await refuses(/crm\.customers.*customers_birth_date_check/s);
      stage.installation.write("sanitize.yml", appPolicy);
    });

    it("a table that somebody alters all the while", async () => {
      const sleeping = "SELECT pg_sleep(100)";
      const altering = stage.sql("production", "app", `BEGIN; LOCK TABLE crm.orders; ${sleeping}`).catch(String);
      await refuses(/lock timeout/);
      await stage.sql(
        "production",
        "app",
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = '${sleeping}'`,
      );
      expect(await altering).toContain("terminating connection");
    });
  });
}

/** All that the runs wrote on this machine. */
function told({ installation }: Stage): string[] {
  return ["logs", "staging-data", ".understudy"].flatMap((folder) => {
    const path = join(installation.root, folder);
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  });
}
