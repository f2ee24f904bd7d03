import { describe, expect, it } from "vitest";
import { executionOutcome, responseOutcome } from "./answer.ts";

const success = { equals: "success" };
const answer = {
  at: 0,
  latency: 12,
  status: 200,
  headers: { "content-type": "application/json" },
  text: '{"ok":true,"n":[1,2]}',
};

describe("what a webhook answered", () => {
  it("is taken without expectations unless it is an error", () => {
    expect(responseOutcome(undefined, answer)).toBeUndefined();
    expect(responseOutcome(undefined, { ...answer, status: 500 })).toMatchObject({
      status: "failed",
      seen: "answer 500",
    });
  });

  it("is looked at in every part", () => {
    const expected = {
      status: { equals: 200 },
      headers: { "Content-Type": { contains: "json" } },
      body: { "$.n[1]": { equals: 2 } },
      latency: { below: 13 },
    };
    expect(responseOutcome(expected, answer)).toBeUndefined();
    expect(responseOutcome({ ...expected, body: { "$.n[1]": { equals: 3 } } }, answer)).toMatchObject({
      seen: "body $.n[1] 2",
      expected: "body $.n[1] 3",
    });
    expect(
      responseOutcome({ ...expected, body: { "$.x": { exists: true } } }, { ...answer, text: "<html>" }),
    ).toMatchObject({ seen: "body $.x not there" });
    expect(responseOutcome({ ...expected, latency: { below: 12 } }, answer)).toMatchObject({
      seen: "latency in ms 12",
    });
  });
});

describe("what n8n says of an execution", () => {
  const run = (executionIndex: number, error?: string) => ({
    startTime: 1,
    executionTime: 1,
    executionIndex,
    ...(error ? { error: { message: error } } : {}),
  });
  const execution = (
    status: string,
    runData: Record<string, ReturnType<typeof run>[]>,
    error?: { message: string; node?: { name: string } },
  ) => ({
    id: "7",
    workflowId: "w",
    mode: "webhook",
    status,
    startedAt: null,
    stoppedAt: null,
    data: { resultData: { runData, ...(error ? { error } : {}), lastNodeExecuted: "C" } },
  });
  const ran = execution("success", { B: [run(1), run(3)], A: [run(0)], C: [run(2)] });

  it("is measured by the order in which nodes began", () => {
    expect(executionOutcome({ status: success, ran: ["A", "B", "C", "B"], notRan: ["D"] }, ran)).toBeUndefined();
    expect(executionOutcome({ status: success, ran: ["A", "C", "A"], notRan: [] }, ran)).toMatchObject({
      node: "A",
      seen: "these nodes ran: A, B, C",
    });
    expect(executionOutcome({ status: success, ran: [], notRan: ["C"] }, ran)).toMatchObject({
      node: "C",
      expected: '"C" does not run',
    });
  });

  it("names the node that failed: by the error, by its run, or the last one", () => {
    const runs = { A: [run(0)], B: [run(1, "boom")] };
    const expectation = { status: success, ran: [], notRan: [] };
    expect(
      executionOutcome(expectation, execution("error", runs, { message: "boom", node: { name: "X" } })),
    ).toMatchObject({ node: "X", error: "boom" });
    expect(executionOutcome(expectation, execution("error", runs, { message: "boom" }))).toMatchObject({
      node: "B",
      error: "boom",
    });
    expect(executionOutcome(expectation, execution("crashed", {}, { message: "out of memory" }))).toMatchObject({
      node: "C",
      seen: "execution 7: crashed",
    });
  });

  it("may be expected to fail", () => {
    expect(
      executionOutcome({ status: { equals: "error" }, ran: [], notRan: [] }, execution("error", {})),
    ).toBeUndefined();
  });
});
