import type { RecordPosition } from "../hooks.js";

/** The latest positions of keys and lanes that a producer knows: what its next events come after. */
export interface KeyMemory {
  /** An event of the key was acknowledged there. */
  remember(key: string, position: RecordPosition): void;
  /** Forgets the keys of a lane, or all: another process has written them since. */
  forgetLane(partition: number | null): void;
  /** Some event lies there, of any key and producer. */
  newest(position: RecordPosition): void;
  /**
   * What an event of the key on this partition comes after: the key's own positions, or, for a key that is not
   * remembered, the lane's newest ones, which stand in.
   */
  causes(key: string, partition: number): RecordPosition[];
}

/** Offsets by topic, all of one partition. */
type Offsets = Map<string, number>;

const none: Offsets = new Map();

interface Remembered {
  readonly partition: number;
  readonly offsets: Offsets;
}

/**
 * Remembers the last `limit` keys that were written.
 *
 * Invariant: for a key that is remembered, `offsets` has at least every position that an event of the key had in its lane
 * when it was last written; `keys` is in the order of writing. A lane's newest positions are at or above those of each of its
 * keys, so they may stand in for a key that is not remembered.
 */
export function createKeyMemory(limit: number): KeyMemory {
  const keys = new Map<string, Remembered>();
  const lanes = new Map<number, Offsets>();

  return {
    remember(key, { topic, partition, offset }) {
      const known = keys.get(key);
      // A key met for the first time may have events from before: the lane's newest positions cover them.
      const positions = known ?? { partition, offsets: new Map(lanes.get(partition)) };
      // Deleting first moves the key to the end: the first key of the map is the one least lately written.
      if (known) keys.delete(key);
      // Another process may have written a key that is not known since this event left, and the answer is late. A known
      // key has no later event than this one: a lower offset lies in a topic that was recreated.
      if (known) known.offsets.set(topic, offset);
      else raise(positions.offsets, topic, offset);
      keys.set(key, positions);
      if (keys.size > limit) for (const oldest of keys.keys()) return void keys.delete(oldest);
    },
    forgetLane(partition) {
      for (const [key, positions] of keys)
        if (partition === null || positions.partition === partition) keys.delete(key);
    },
    newest({ topic, partition, offset }) {
      const offsets = lanes.get(partition) ?? new Map<string, number>();
      raise(offsets, topic, offset);
      lanes.set(partition, offsets);
    },
    causes(key, partition) {
      const found: RecordPosition[] = [];
      const offsets = keys.get(key)?.offsets ?? lanes.get(partition) ?? none;
      for (const [topic, offset] of offsets) found.push({ topic, partition, offset });
      return found;
    },
  };
}

function raise(offsets: Offsets, topic: string, offset: number): void {
  if ((offsets.get(topic) ?? -1) < offset) offsets.set(topic, offset);
}
