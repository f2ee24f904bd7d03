import { describe, expect, it } from "vitest";
import { hopsOf } from "./hops.ts";

const execution = {
  id: "1",
  workflowId: "w",
  mode: "webhook",
  status: "success",
  startedAt: new Date(1_010).toISOString(),
  stoppedAt: null,
  data: {
    resultData: {
      runData: {
        Postgres: [
          { startTime: 1_020, executionTime: 5, executionIndex: 1 },
          { startTime: 1_040, executionTime: 10, executionIndex: 2 },
        ],
      },
    },
  },
};

describe("hops", () => {
  it("are the times between the points, which add up to the total", () => {
    expect(hopsOf(["n8n", "Postgres", "callback"], 1_000, execution, 1_060)).toEqual({
      "call → n8n": 10,
      "n8n → Postgres": 40,
      "Postgres → callback": 10,
      total: 60,
    });
  });

  it("leave out what was not reached, and are none when none are asked for", () => {
    expect(hopsOf(["n8n", "Mail", "callback"], 1_000, execution, undefined)).toEqual({ "call → n8n": 10, total: 10 });
    expect(hopsOf([], 1_000, execution, undefined)).toBeUndefined();
  });
});
