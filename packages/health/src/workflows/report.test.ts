import { describe, expect, it } from "vitest";
import { describeReport } from "./report.ts";

describe("the report for people", () => {
  it("begins with what failed, and says how", () => {
    const text = describeReport({
      environment: "staging",
      status: "failed",
      tests: [
        { name: "canary", status: "passed", ms: 800, hops: { "call → n8n": 5, total: 60 } },
        {
          name: "orders",
          status: "failed",
          ms: 1_200,
          node: "Store",
          error: "no such table\nLINE 1",
          seen: "execution 7: error",
          expected: 'execution: "success"',
          execution: "http://localhost:5678/workflow/w/executions/7",
        },
        { name: "agent", status: "skipped", ms: 0, seen: "not marked safe: production" },
        { name: "freshness: Called", status: "not applicable", ms: 9, seen: "has no schedule" },
        { name: "freshness: Off", status: "not applicable", ms: 9, seen: "inactive" },
      ],
    });
    expect(text).toBe(`✖ orders (1200 ms)
    node      Store
    error     no such table
              LINE 1
    seen      execution 7: error
    expected  execution: "success"
    execution http://localhost:5678/workflow/w/executions/7
✔ canary (800 ms)
    call → n8n 5 ms, total 60 ms
- agent: skipped, not marked safe: production
- freshness: Called: not applicable, has no schedule

staging: 1 failed, 1 passed, 1 skipped, 2 not applicable
`);
  });
});
