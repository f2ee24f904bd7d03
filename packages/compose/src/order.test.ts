import fc from "fast-check";
import { expect, test } from "vitest";
import type { ComposeModel, Service } from "./model.ts";
import { dependencyCycle, dependencyOrder, requiredBy, requires } from "./order.ts";

const model = (dependencies: Record<string, string[]>): Pick<ComposeModel, "services"> => ({
  services: Object.fromEntries(
    Object.entries(dependencies).map(([name, needed]) => [
      name,
      { name, dependsOn: Object.fromEntries(needed.map((other) => [other, {}])) } as unknown as Service,
    ]),
  ),
});

const stack = model({ edge: ["web", "api"], web: ["db"], api: ["db"], db: [], alone: [] });

test("each service comes after what it needs", () => {
  expect(dependencyOrder(stack)).toEqual(["alone", "db", "api", "web", "edge"]);
  expect(requires(stack, "edge")).toEqual(["db", "api", "web"]);
  expect(requires(stack, "db")).toEqual([]);
  expect(requiredBy(stack, "db")).toEqual(["api", "web", "edge"]);
});

test("a cycle is shown as its way round", () => {
  expect(dependencyCycle(stack)).toBeUndefined();
  expect(dependencyCycle(model({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual(["b", "c", "b"]);
  expect(dependencyCycle(model({ a: ["a"] }))).toEqual(["a", "a"]);
});

test("any graph either has a cycle or an order that respects every dependency", () => {
  const names = ["a", "b", "c", "d", "e"];
  const graph = fc.record(Object.fromEntries(names.map((name) => [name, fc.uniqueArray(fc.constantFrom(...names))])));
  fc.assert(
    fc.property(graph, (dependencies) => {
      const services = model(dependencies);
      const cycle = dependencyCycle(services);
      if (cycle) {
        for (const [index, name] of cycle.slice(0, -1).entries())
          expect(dependencies[name]).toContain(cycle[index + 1]);
        return;
      }
      const order = dependencyOrder(services);
      expect([...order].sort()).toEqual(names);
      for (const name of names) {
        for (const needed of dependencies[name] ?? []) expect(order.indexOf(needed)).toBeLessThan(order.indexOf(name));
      }
    }),
  );
});
