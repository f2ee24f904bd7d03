import fc from "fast-check";
import type { StrategyName } from "../rules/decide.ts";

/** Something that happens to the world of a test. */
export type Step =
  | { readonly do: "write"; readonly at: number; readonly key: number; readonly field: "a" | "b"; readonly tag: number }
  | { readonly do: "delete"; readonly at: number; readonly key: number; readonly hard: boolean }
  | {
      readonly do: "sync";
      readonly at: number;
      readonly request: "passes" | "is lost" | "is truncated" | "comes twice";
      readonly answer: "passes" | "is lost";
      /** The next packet is made before this one is answered. */
      readonly ahead: boolean;
      /** So many exchanges pass before this one, while there is more to say. */
      readonly before: number;
      /** So many statements until that side dies. */
      readonly serverDies: number | undefined;
      readonly nodeDies: number | undefined;
    }
  | { readonly do: "replay"; readonly which: number }
  | { readonly do: "clock"; readonly at: number; readonly by: number }
  | { readonly do: "pass"; readonly ms: number }
  /** The server forgets, after a while in which most are away. */
  | { readonly do: "purge"; readonly after: number }
  | { readonly do: "resolve"; readonly choice: "theirs" | "ours" | "deleted" }
  | { readonly do: "upgrade"; readonly at: number };

export interface Plan {
  readonly nodes: number;
  readonly strategy: StrategyName;
  readonly steps: readonly Step[];
}

/** `at` of the server; nodes count from 1. */
export const server = 0;
export const retention = 60_000;

const at = fc.nat(8);
const node = fc.integer({ min: 1, max: 8 });
const key = fc.nat(5);
const seldom = fc.option(fc.nat(60), { nil: undefined, freq: 5 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      at,
      key,
      field: fc.constantFrom("a" as const, "b" as const),
      // Mostly none: each of the others can be held by one row.
      tag: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("delete" as const), at, key, hard: fc.boolean() }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant("sync" as const),
      at: node,
      request: fc.oneof(
        { weight: 8, arbitrary: fc.constant("passes" as const) },
        fc.constantFrom("is lost" as const, "is truncated" as const, "comes twice" as const),
      ),
      answer: fc.oneof({ weight: 5, arbitrary: fc.constant("passes" as const) }, fc.constant("is lost" as const)),
      ahead: fc.boolean(),
      before: fc.nat(3),
      serverDies: seldom,
      nodeDies: seldom,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("replay" as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("clock" as const),
      at,
      by: fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -86_400_000, max: 86_400_000 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(2 * retention) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("purge" as const), after: fc.nat(2 * retention) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("resolve" as const),
      choice: fc.constantFrom("theirs" as const, "ours" as const, "deleted" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("upgrade" as const), at }) },
);

export const plans: fc.Arbitrary<Plan> = fc.record({
  nodes: fc.integer({ min: 2, max: 8 }),
  strategy: fc.constantFrom<StrategyName>("server-wins", "timestamp-wins", "manual", "merge"),
  steps: fc.array(step, { minLength: 20, maxLength: 120, size: "max" }),
});
