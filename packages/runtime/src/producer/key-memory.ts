import type { RecordPosition } from "../hooks.js";

/** The latest positions of keys and lanes that a producer knows: what its next events come after. */
export interface KeyMemory {
  /** An event of the key was acknowledged there. */
  remember(key: string, position: RecordPosition): void;
  /** Forgets the keys of a lane: another process has written them since. */
  forgetLane(partition: number): void;
  /** Some event lies there; whoever's. */
  newest(position: RecordPosition): void;
  /**
   * What an event of the key on this partition comes after, for the given topics: the key's own positions,
   * or, for a key that is not remembered, the lane's newest ones, which stand in.
   */
  causes(key: string, partition: number, topics: readonly string[]): RecordPosition[];
}

/** Remembers the last `limit` keys that were written. */
export function createKeyMemory(limit: number): KeyMemory {
  const keys = new Map<string, Map<string, RecordPosition>>();
  const lanes = new Map<string, number>();

  return {
    remember(key, position) {
      const known = keys.get(key);
      const positions = known ?? new Map<string, RecordPosition>();
      // Deleting first moves the key to the end: the first key of the map is the one least lately written.
      if (known) keys.delete(key);
      else copyStandIns(positions, lanes, position.partition);
      positions.set(position.topic, position);
      keys.set(key, positions);
      if (keys.size > limit) for (const oldest of keys.keys()) return void keys.delete(oldest);
    },
    forgetLane(partition) {
      for (const [key, positions] of keys) {
        for (const position of positions.values()) if (position.partition === partition) keys.delete(key);
      }
    },
    newest({ topic, partition, offset }) {
      const name = `${partition}/${topic}`;
      if ((lanes.get(name) ?? -1) < offset) lanes.set(name, offset);
    },
    causes(key, partition, topics) {
      const own = keys.get(key);
      const found: RecordPosition[] = [];
      for (const topic of topics) {
        const offset = own ? own.get(topic)?.offset : lanes.get(`${partition}/${topic}`);
        if (offset !== undefined) found.push({ topic, partition, offset });
      }
      return found;
    },
  };
}

/** A key met for the first time may have events from before: the lane's newest positions cover them. */
function copyStandIns(positions: Map<string, RecordPosition>, lanes: ReadonlyMap<string, number>, partition: number) {
  const prefix = `${partition}/`;
  for (const [name, offset] of lanes) {
    if (!name.startsWith(prefix)) continue;
    const topic = name.slice(prefix.length);
    positions.set(topic, { topic, partition, offset });
  }
}
