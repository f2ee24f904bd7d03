import type { ComposeModel } from "./model.ts";

type Services = Pick<ComposeModel, "services">;

/** Service names, each after all it depends on; among equals in alphabetical order, so that it is always the same. */
export function dependencyOrder(model: Services): string[] {
  const order: string[] = [];
  const visit = (name: string, open: readonly string[]) => {
    if (order.includes(name)) return;
    if (open.includes(name)) throw new Error(`dependency cycle: ${[...open, name].join(" → ")}`);
    for (const needed of directRequires(model, name)) visit(needed, [...open, name]);
    order.push(name);
  };
  for (const name of Object.keys(model.services).sort()) visit(name, []);
  return order;
}

/** Everything that a service needs, directly or not, in dependency order. */
export function requires(model: Services, name: string): string[] {
  const needed = new Set<string>();
  const visit = (current: string) => {
    for (const next of directRequires(model, current)) {
      if (!needed.has(next)) {
        needed.add(next);
        visit(next);
      }
    }
  };
  visit(name);
  needed.delete(name);
  return dependencyOrder(model).filter((other) => needed.has(other));
}

/** Everything that needs a service, directly or not, in dependency order. */
export function requiredBy(model: Services, name: string): string[] {
  return dependencyOrder(model).filter((other) => requires(model, other).includes(name));
}

/** The services of one cycle, the first named again at the end; undefined when there is none. */
export function dependencyCycle(model: Services): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, open: readonly string[]): string[] | undefined => {
    if (open.includes(name)) return [...open.slice(open.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const needed of directRequires(model, name)) {
      const cycle = visit(needed, [...open, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(model.services).sort()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function directRequires(model: Services, name: string): string[] {
  return Object.keys(model.services[name]?.dependsOn ?? {})
    .filter((needed) => Object.hasOwn(model.services, needed))
    .sort();
}
