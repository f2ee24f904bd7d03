import type { Node } from "@understudy/n8n";

/** Which node of two states is which: by id, and where ids say nothing, by name. One that is in one state only has no partner. */
export function matchNodes(
  before: readonly Node[],
  after: readonly Node[],
): (readonly [from: Node | undefined, to: Node | undefined])[] {
  const left = new Set(before);
  const take = (isIt: (node: Node) => boolean) => {
    for (const node of left) {
      if (!isIt(node)) continue;
      left.delete(node);
      return node;
    }
    return undefined;
  };
  const byId = new Map(
    after.map((to) => [to, to.id === undefined ? undefined : take(({ id, type }) => id === to.id && type === to.type)]),
  );
  const pairs = after.map(
    (to) => [byId.get(to) ?? take(({ name, type }) => name === to.name && type === to.type), to] as const,
  );
  return [...pairs, ...[...left].map((from) => [from, undefined] as const)];
}
