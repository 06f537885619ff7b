/**
 * The circles of a graph: a number for each node that can be reached from a root, the same for nodes that reach each
 * other. (Tarjan's algorithm, with a stack of its own: chains are longer than the call stack.)
 *
 * Invariant: `low` has each node that was reached, with the earliest node known to be in reach of it; `waiting` holds, in
 * the order in which they were reached, those whose circle is not whole yet.
 */
export const circlesOf = <Node>(root: Node, childrenOf: (node: Node) => readonly Node[]): ReadonlyMap<Node, number> => {
  const order = new Map<Node, number>();
  const low = new Map<Node, number>();
  const circles = new Map<Node, number>();
  const waiting: Node[] = [];
  const path: { readonly node: Node; readonly children: Iterator<Node> }[] = [];
  const enter = (node: Node) => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    waiting.push(node);
    path.push({ node, children: childrenOf(node).values() });
  };
  const lower = (node: Node, to: number) => low.set(node, Math.min(low.get(node) ?? to, to));
  const leave = (node: Node) => {
    path.pop();
    const reach = low.get(node) ?? 0;
    const parent = path.at(-1);
    if (parent) lower(parent.node, reach);
    if (reach !== order.get(node)) return;
    for (const one of waiting.splice(waiting.lastIndexOf(node))) circles.set(one, reach);
  };
  enter(root);
  for (let at = path.at(-1); at; at = path.at(-1)) {
    const { done, value } = at.children.next();
    if (done) leave(at.node);
    else if (!order.has(value)) enter(value);
    else if (!circles.has(value)) lower(at.node, order.get(value) ?? 0);
  }
  return circles;
};
