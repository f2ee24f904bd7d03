import type { Plan, Step } from "./plan.ts";

const sync = (at: number, exchanges: number, answer: "passes" | "is lost" = "passes"): Step => ({
  ...{ do: "sync", at, request: "passes", answer, ahead: false, before: exchanges - 1 },
  ...{ serverDies: undefined, nodeDies: undefined },
});

/** What seeds found, as small as it gets. */
export const onceWrong: Readonly<Record<string, Plan>> = {
  "a node held back what the server deleted and purged": {
    nodes: 6,
    strategy: "merge",
    steps: [
      { do: "write", at: 5, key: 3, field: "a", tag: 2 },
      { do: "write", at: 0, key: 5, field: "a", tag: 2 },
      { do: "write", at: 3, key: 5, field: "a", tag: 0 },
      { do: "delete", at: 3, key: 5, hard: true },
      sync(5, 3),
      sync(3, 3),
      { do: "purge", after: 87_123 },
    ],
  },
  "a write was refused, and what stood against it was purged before its writer heard of that": {
    nodes: 4,
    strategy: "server-wins",
    steps: [
      { do: "write", at: 0, key: 3, field: "b", tag: 0 },
      sync(2, 2),
      { do: "write", at: 1, key: 2, field: "a", tag: 3 },
      { do: "write", at: 2, key: 2, field: "b", tag: 0 },
      { do: "upgrade", at: 2 },
      { do: "delete", at: 2, key: 3, hard: false },
      sync(1, 2),
      { do: "delete", at: 0, key: 2, hard: false },
      sync(4, 2),
      { do: "write", at: 4, key: 5, field: "a", tag: 0 },
      { do: "write", at: 4, key: 0, field: "b", tag: 0 },
      sync(4, 2),
      sync(2, 3, "is lost"),
      { do: "write", at: 2, key: 5, field: "a", tag: 3 },
      { do: "purge", after: 102_340 },
    ],
  },
};
