/** What a heap holds. */
export interface Weighed {
  readonly weight: number;
  /** Its place in the heap, which the heap alone changes. */
  at: number;
}

/** Items of which the lightest is always at hand. */
export interface WeightHeap<Item extends Weighed> {
  /** The lightest is the first, the rest are in no order. */
  readonly items: readonly Item[];
  add(item: Item): void;
  /** To be called when an item of the heap has become heavier. */
  sink(item: Item): void;
}

/**
 * Invariant: `items[item.at]` is the item, and no item is lighter than its parent, which is at `(at - 1) >> 1`. Only an item
 * that has become heavier may outweigh its children, until `sink` is called with it.
 */
export function createWeightHeap<Item extends Weighed>(): WeightHeap<Item> {
  const items: Item[] = [];

  const put = (item: Item, at: number) => {
    items[at] = item;
    item.at = at;
  };

  const rise = (item: Item) => {
    let { at } = item;
    while (at > 0) {
      const parent = items[(at - 1) >> 1];
      if (!parent || parent.weight <= item.weight) break;
      const free = parent.at;
      put(parent, at);
      at = free;
    }
    put(item, at);
  };

  return {
    items,
    add(item) {
      put(item, items.length);
      rise(item);
    },
    sink(item) {
      let { at } = item;
      for (;;) {
        const left = items[2 * at + 1];
        const right = items[2 * at + 2];
        const lighter = left && right && right.weight < left.weight ? right : left;
        if (!lighter || lighter.weight >= item.weight) break;
        const free = lighter.at;
        put(lighter, at);
        at = free;
      }
      put(item, at);
    },
  };
}
