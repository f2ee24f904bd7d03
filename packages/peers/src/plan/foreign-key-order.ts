export interface Reference {
  readonly from: string;
  readonly to: string;
}

/**
 * Tables in groups, so that every table comes after those that it refers to; the tables of a group refer to each other in a
 * circle. The order is the same whatever order they are given in.
 */
export function foreignKeyOrder(tables: readonly string[], references: readonly Reference[]): string[][] {
  const known = new Set(tables);
  const targets = new Map<string, string[]>(tables.map((table) => [table, []]));
  for (const { from, to } of references) {
    if (from !== to && known.has(from) && known.has(to)) targets.get(from)?.push(to);
  }
  for (const list of targets.values()) list.sort();
  return strongGroups([...known].sort(), (table) => targets.get(table) ?? []);
}

/** Tarjan's algorithm, without recursion: a chain of references may be long. Groups come after those that they point to. */
function strongGroups(nodes: readonly string[], next: (node: string) => readonly string[]): string[][] {
  const groups: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const enter = (node: string) => {
    low.set(node, index.size);
    index.set(node, index.size);
    open.push(node);
    isOpen.add(node);
    return { node, at: 0 };
  };
  const lower = (node: string, value: number) => low.set(node, Math.min(low.get(node) ?? value, value));
  for (const root of nodes) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { node } = top;
      const target = next(node)[top.at++];
      if (target === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent) lower(parent.node, low.get(node) ?? 0);
        if (low.get(node) === index.get(node)) groups.push(close(node));
      } else if (!index.has(target)) {
        path.push(enter(target));
      } else if (isOpen.has(target)) {
        lower(node, index.get(target) ?? 0);
      }
    }
  }
  return groups;

  function close(node: string): string[] {
    const group = open.splice(open.lastIndexOf(node));
    for (const member of group) isOpen.delete(member);
    return group.sort();
  }
}
