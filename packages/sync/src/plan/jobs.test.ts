import type { Table } from "@understudy/postgres";
import { describe, expect, it } from "vitest";
import { copyJobs, selectOf } from "./jobs.ts";
import type { ColumnPlan, TablePlan } from "./table-plan.ts";

const column = (name: string, action: ColumnPlan["action"], expression = `"${name}"`) =>
  ({ column: { name }, action, expression }) as ColumnPlan;

function plan(name: string, table: Partial<Table>, rest: Partial<TablePlan> = {}): TablePlan {
  return {
    table: { id: `public.${name}`, schema: "public", name, kind: "table", pages: 1, bytes: 8_192, ...table } as Table,
    action: "copy",
    because: "sanitize.yml:1",
    where: undefined,
    columns: [column("id", "keep"), column("email", "mask", "mask(email)"), column("sum", "generated", "")],
    ...rest,
  };
}

const mebibyte = 1_048_576;

describe("the streams of a copy", () => {
  it("are one a table, the largest first; nothing is read of tables without rows of their own or to be copied", () => {
    const jobs = copyJobs(
      [
        plan("small", {}),
        plan("large", { bytes: 10 * mebibyte, pages: 1_280 }),
        plan("parent", { kind: "partitioned" }),
        plan("view", { kind: "materialized view" }),
        plan("far", { kind: "foreign" }),
        plan("secret", {}, { action: "drop rows" }),
      ],
      2,
    );
    expect(jobs.map((job) => [job.plan.table.name, job.pages])).toEqual([
      ["large", undefined],
      ["small", undefined],
    ]);
  });

  it("split a large table in ranges of pages that leave none out", () => {
    const pages = (300 * mebibyte) / 8_192;
    const jobs = copyJobs([plan("huge", { bytes: 300 * mebibyte, pages })], 2);
    expect(jobs).toHaveLength(4);
    expect(jobs[0]?.pages?.from).toBe(0);
    expect(jobs.at(-1)?.pages?.to).toBeUndefined();
    for (const [index, job] of jobs.entries()) if (index) expect(job.pages?.from).toBe(jobs[index - 1]?.pages?.to);
    expect(copyJobs([plan("huge", { bytes: 300 * mebibyte, pages })], 1)).toHaveLength(1);
    expect(copyJobs([plan("huge", { bytes: 300 * mebibyte, pages }, { where: "id < 5" })], 2)).toHaveLength(1);
  });

  it("select what is sent, without what the server computes", () => {
    const job = { plan: plan("people", {}, { where: "born > 1950" }), pages: { from: 10, to: 20 }, bytes: 0 };
    expect(selectOf(job, '"public"."people"')).toBe(
      'SELECT "id", mask(email) FROM ONLY "public"."people" WHERE (born > 1950) AND ctid >= \'(10,0)\'::tid AND ctid < \'(20,0)\'::tid',
    );
    expect(selectOf({ ...job, pages: undefined, plan: plan("people", {}) }, "p")).toBe(
      'SELECT "id", mask(email) FROM ONLY p',
    );
  });
});
