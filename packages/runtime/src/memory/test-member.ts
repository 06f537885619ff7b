import { vi } from "vitest";
import type {
  ConsumerRecord,
  StartPosition,
  TopicPartition,
  Transport,
  TransportConsumer,
} from "../ports/transport.js";

/** What a {@link testMember} saw, each line one call. */
export interface TestMember {
  readonly consumer: TransportConsumer;
  readonly log: string[];
  readonly records: ConsumerRecord[];
  readonly errors: unknown[];
  /** What it owns now, as `topic/partition`, sorted. */
  owned(): string[];
}

export interface TestMemberOptions {
  readonly groupId?: string;
  readonly topics?: readonly string[];
  assigned?(partitions: readonly TopicPartition[]): Promise<void> | void;
  revoked?(partitions: readonly TopicPartition[], reason: string): Promise<void> | void;
  batch?(records: readonly ConsumerRecord[]): void;
}

export const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/**
 * A group member that starts from committed offsets, else at 0, and notes everything.
 *
 * Invariant: it owns what `assigned` told and no `revoked` has ended for.
 */
export function testMember(transport: Transport, options: TestMemberOptions = {}): TestMember {
  const log: string[] = [];
  const records: ConsumerRecord[] = [];
  const errors: unknown[] = [];
  const owned = new Set<string>();
  const consumer: TransportConsumer = transport.createConsumer({
    groupId: options.groupId ?? "g",
    groups: [{ name: "d", topics: options.topics ?? ["a", "b"] }],
    events: {
      async assigned(partitions): Promise<StartPosition[]> {
        log.push(`assigned ${partitions.length}`);
        await options.assigned?.(partitions);
        const offsets = await consumer.committed(partitions);
        for (const partition of partitions) owned.add(nameOf(partition));
        return partitions.map((partition, index) => ({ ...partition, offset: offsets[index] ?? 0 }));
      },
      async revoked(partitions, reason) {
        log.push(`revoked ${partitions.length} ${reason}`);
        await options.revoked?.(partitions, reason);
        for (const partition of partitions) owned.delete(nameOf(partition));
      },
      batch(batch) {
        records.push(...batch.records);
        options.batch?.(batch.records);
      },
      unread: (partitions) => void log.push(`unread ${partitions.map(nameOf).sort()}`),
      failed: (error) => void errors.push(error),
    },
  });
  return { consumer, log, records, errors, owned: () => [...owned].sort() };
}

/** Waits until the check holds; fails with what it throws. */
export const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });

/** A record whose value is the text. */
export const record = (text: string, key: string | null = null) => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(text),
  headers: [],
  timestampMs: 1,
});

export const texts = (records: readonly { readonly value: Uint8Array | null }[]) =>
  records.map(({ value }) => Buffer.from(value ?? []).toString());
