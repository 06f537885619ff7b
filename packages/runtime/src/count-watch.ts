import { KeylineError } from "./errors.js";
import type { Hooks } from "./hooks.js";
import type { CountMismatch } from "./topology.js";

export interface CountWatchOptions {
  /** Asks the cluster for the topics whose count is not the one that is needed. */
  find(): Promise<readonly CountMismatch[]>;
  readonly everyMs: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly hooks: Pick<Hooks, "partitionCount">;
}

/** Watches the partition counts of the topics that a process reads or writes, and tells where they are wrong. */
export interface CountWatch {
  /** Looks if the interval has passed. A look that fails is repeated after the next interval. */
  tick(): void;
  /** Looks now; resolves to what is wrong. */
  look(): Promise<readonly CountMismatch[]>;
}

/**
 * Invariant: `told` has the count of each topic whose last hook said that it is wrong. `lookedMs` is when the last look
 * began that `tick` made, or when the watch did: what it watches was just loaded.
 */
export function createCountWatch({ find, everyMs, nowMs, hooks }: CountWatchOptions): CountWatch {
  const told = new Map<string, CountMismatch>();
  let lookedMs = nowMs();

  const look = async () => {
    const mismatches = await find();
    const over = [...told.values()].filter(({ topic }) => mismatches.every((one) => one.topic !== topic));
    for (const { topic, expected } of over) {
      told.delete(topic);
      hooks.partitionCount?.({ topic, expected, found: expected });
    }
    for (const mismatch of mismatches) {
      if (told.get(mismatch.topic)?.found === mismatch.found) continue;
      told.set(mismatch.topic, mismatch);
      hooks.partitionCount?.(mismatch);
    }
    return mismatches;
  };

  return {
    tick() {
      if (nowMs() - lookedMs < everyMs) return;
      lookedMs = nowMs();
      look().catch(() => undefined);
    },
    look,
  };
}

/** As an error, for those who cannot go on. */
export const countError = ({ topic, expected, found }: CountMismatch): KeylineError =>
  new KeylineError(
    "partition_count",
    `topic ${topic} has ${found} partitions since it was changed, and ${expected} are needed: what lies on the others is not read`,
  );
