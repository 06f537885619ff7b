import type { Hooks, RecordPosition } from "@keyline/runtime";

/** Notes what an app has handled, in order. */
export interface Witness {
  readonly hooks: Hooks;
  readonly handled: readonly RecordPosition[];
}

export function createWitness(): Witness {
  // Invariant: `handled` has each record that the app handled, in that order, as often as it did.
  const handled: RecordPosition[] = [];
  return {
    handled,
    hooks: {
      handled: ({ topic, partition, offset }) => void handled.push({ topic, partition, offset }),
    },
  };
}
