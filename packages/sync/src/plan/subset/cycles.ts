/**
 * Groups of nodes that lead to each other, those that lead to themselves included; a node on no cycle is in none.
 * Tarjan's algorithm for strongly connected components.
 */
export function cyclesOf<Node>(nodes: Iterable<Node>, next: (node: Node) => readonly Node[]): Node[][] {
  const cycles: Node[][] = [];
  const order = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const open: Node[] = [];
  const visit = (node: Node) => {
    const index = order.size;
    order.set(node, index);
    open.push(node);
    let low = index;
    for (const other of next(node)) {
      if (!order.has(other)) visit(other);
      if (open.includes(other)) low = Math.min(low, lowest.get(other) ?? (order.get(other) as number));
    }
    lowest.set(node, low);
    if (low !== index) return;
    const group = open.splice(open.indexOf(node));
    if (group.length > 1 || next(node).includes(node)) cycles.push(group);
  };
  for (const node of nodes) if (!order.has(node)) visit(node);
  return cycles;
}
