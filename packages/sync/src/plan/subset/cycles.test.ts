import fc from "fast-check";
import { expect, it } from "vitest";
import { cyclesOf } from "./cycles.ts";

it("finds nodes that lead to each other", () => {
  const next: Record<string, string[]> = { a: ["b", "d"], b: ["c"], c: ["a"], d: ["e"], e: ["e"], f: ["a"] };
  const cycles = cyclesOf(Object.keys(next), (node) => next[node] ?? []);
  expect(cycles.map((cycle) => cycle.sort())).toEqual([["e"], ["a", "b", "c"]]);
});

it("puts two nodes in one group when each can be reached from the other, and only then", () => {
  const graphs = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(graphs, (graph) => {
      const next = (node: number) => graph[node] ?? [];
      const cycles = cyclesOf(graph.keys(), next);
      for (const a of graph.keys()) {
        for (const b of graph.keys()) {
          const together = cycles.some((cycle) => cycle.includes(a) && cycle.includes(b));
          expect(together).toBe(reaches(next, a, b) && reaches(next, b, a));
        }
      }
      expect(cycles.flat()).toHaveLength(new Set(cycles.flat()).size);
    }),
  );
});

/** In one step or more. */
function reaches(next: (node: number) => readonly number[], from: number, to: number): boolean {
  const reached = new Set(next(from));
  for (const node of reached) for (const other of next(node)) reached.add(other);
  return reached.has(to);
}
