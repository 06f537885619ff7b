import type { Hooks } from "@keyline/runtime";

/** What an app was told of topics whose partition count is not the one that is needed. */
export interface WrongCounts {
  readonly hooks: Hooks;
  /** Throws while there is one, naming each. */
  check(): void;
}

/** Invariant: `wrong` has a line for each topic whose last event said that its count is wrong. */
export function createWrongCounts(): WrongCounts {
  const wrong = new Map<string, string>();
  return {
    hooks: {
      partitionCount({ topic, expected, found }) {
        if (found === expected) wrong.delete(topic);
        else wrong.set(topic, `${topic} has ${found} partitions and needs ${expected}`);
      },
    },
    check() {
      if (wrong.size > 0) throw new Error(`partition_count: ${[...wrong.values()].join("; ")}`);
    },
  };
}
