import type { TopicPartition } from "@keyline/runtime/transport";
import { nameOf } from "../partitions.js";

/** A producer as brokers know it, and its place in each partition: by both they tell a batch that comes twice. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequences: Map<string, number>;
}

/** What a batch is known by. */
export interface Stamp {
  readonly identity: Identity;
  readonly sequence: number;
}

/** The identity that new batches go under. */
export interface Identities {
  current(): Promise<Identity>;
  /** A partition's next place, under the current identity. */
  stamp(partition: TopicPartition): Promise<Stamp>;
  /** A broker may have a batch that this identity does not count: what comes next goes under another. */
  drop(dropped: Identity): Promise<void>;
}

/** Kafka's sequences are 32 bits without a sign, and start over. */
const sequenceCount = 2 ** 31;

export const sequenceOf = ({ sequences }: Identity, partition: TopicPartition): number =>
  sequences.get(nameOf(partition)) ?? 0;

/** Moves on by the records of an acknowledged batch. */
export function advance({ sequences }: Identity, partition: TopicPartition, from: number, records: number): void {
  sequences.set(nameOf(partition), (from + records) % sequenceCount);
}

/** Invariant: `identity` was neither dropped nor could it not be had; at most one is asked for at a time. */
export function createIdentities(ask: () => Promise<Identity>): Identities {
  let identity: Promise<Identity> | null = null;

  const forget = (asked: Promise<Identity>) => {
    if (identity === asked) identity = null;
  };

  const current = (): Promise<Identity> => {
    if (identity) return identity;
    const asked = ask();
    identity = asked;
    asked.catch(() => forget(asked));
    return asked;
  };

  return {
    current,
    async stamp(partition) {
      const found = await current();
      return { identity: found, sequence: sequenceOf(found, partition) };
    },
    async drop(dropped) {
      const asked = identity;
      if (asked && (await asked.catch(() => null)) === dropped) forget(asked);
    },
  };
}
