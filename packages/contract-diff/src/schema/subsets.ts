/** Every set of some of the items, the empty one first. */
export const subsetsOf = <Item>(items: readonly Item[]): readonly ReadonlySet<Item>[] =>
  items.reduce<readonly ReadonlySet<Item>[]>(
    (sets, item) => sets.flatMap((set) => [set, new Set([...set, item])]),
    [new Set<Item>()],
  );
