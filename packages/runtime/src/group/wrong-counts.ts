import { countError } from "../count-watch.js";
import type { KeylineError } from "../errors.js";
import type { Hooks } from "../hooks.js";
import type { CountMismatch } from "../topology.js";

/** What hooks told of topics whose partition count is not the one that is needed. */
export interface WrongCounts {
  /** The hooks of the app, listened to. */
  readonly hooks: Hooks;
  /** Of the first such topic; null while there is none. */
  error(): KeylineError | null;
}

/** Invariant: `wrong` has each topic whose last event said that its count is wrong. */
export function notingWrongCounts(hooks: Hooks): WrongCounts {
  const wrong = new Map<string, CountMismatch>();
  return {
    hooks: {
      ...hooks,
      partitionCount(event) {
        if (event.found === event.expected) wrong.delete(event.topic);
        else wrong.set(event.topic, event);
        hooks.partitionCount?.(event);
      },
    },
    error() {
      const [first] = wrong.values();
      return first ? countError(first) : null;
    },
  };
}
