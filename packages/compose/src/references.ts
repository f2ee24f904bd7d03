import type { ComposeModel, Service } from "./model.ts";
import { dependencyCycle } from "./order.ts";
import { problem, subjectOf } from "./tree/problem.ts";
import { child, type Mapping, type Position, type Tree } from "./tree/tree.ts";

/**
 * Refuses names that nothing declares, and dependency cycles.
 * @param tree the merged tree, for positions
 */
export function checkReferences(model: ComposeModel, tree: Mapping): void {
  for (const service of Object.values(model.services)) {
    for (const [key, kind, name] of namesIn(service)) {
      const declared: object = kind === "service" ? model.services : model[`${kind}s`];
      if (Object.hasOwn(declared, name)) continue;
      const at = positionIn(tree, ["services", service.name, key, name]);
      const next = kind === "service" ? undefined : `Declare it under the top-level '${kind}s'`;
      throw problem(at, `service ${service.name}`, `'${key}' names the ${kind} '${name}', which does not exist`, next);
    }
  }
  const cycle = dependencyCycle(model);
  if (cycle) {
    const path = ["services", cycle[0] ?? "", "depends_on"];
    throw problem(positionIn(tree, path), subjectOf(path), `dependencies go round in a circle: ${cycle.join(" → ")}`);
  }
}

type Kind = "service" | "network" | "volume" | "config" | "secret";

function namesIn(service: Service): [string, Kind, string][] {
  return [
    ...Object.keys(service.dependsOn).map((name): [string, Kind, string] => ["depends_on", "service", name]),
    ...Object.keys(service.networks).map((name): [string, Kind, string] => ["networks", "network", name]),
    ...service.volumes.flatMap((mount): [string, Kind, string][] =>
      mount.type === "volume" ? [["volumes", "volume", mount.source]] : [],
    ),
    ...service.configs.map(({ source }): [string, Kind, string] => ["configs", "config", source]),
    ...service.secrets.map(({ source }): [string, Kind, string] => ["secrets", "secret", source]),
  ];
}

/** As near as the tree knows it: a list's item by its source, else the last key that exists. */
function positionIn(tree: Mapping, path: string[]): Position {
  let at: Position = tree.at;
  let here: Tree | undefined = tree;
  for (const key of path) {
    if (here?.kind === "sequence") {
      here = here.items.find((item) => {
        const source = child(item, "source");
        return source?.kind === "scalar" && source.value === key;
      });
      at = here?.at ?? at;
    } else if (here?.kind === "mapping") {
      const entry = here.entries.get(key);
      at = entry?.at ?? at;
      here = entry?.value;
    }
  }
  return at;
}
