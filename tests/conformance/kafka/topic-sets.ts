import { randomBytes } from "node:crypto";
import type { Transport } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";
import type { Admin } from "kafkajs";
import { vi } from "vitest";

/** The topics of one test, each under a prefix of its own. */
export interface TopicSet {
  readonly prefix: string;
  /** How many records lay on a partition before the test: its first one counts as offset 0. */
  base(partition: TopicPartition): number;
}

/** Makes topics for tests, and leases whole sets of them. */
export interface TopicSets {
  /** A set of the topics that every test needs, on which nothing lies from `base` on. */
  lease(): Promise<TopicSet>;
  /** Takes a leased set back, to which nothing is written any more. */
  giveBack(set: TopicSet): void;
  /** Makes topics under a prefix; resolves when every broker knows them and they are led. */
  create(prefix: string, topics: Readonly<Record<string, number>>): Promise<void>;
  /** Adds partitions to a topic, up to a total; resolves when every broker knows them. */
  grow(name: string, partitions: number): Promise<void>;
  /** Deletes topics; resolves when no broker knows them. */
  delete(names: readonly string[]): Promise<void>;
}

/** What the sets ask a cluster with. */
export interface TopicClients {
  readonly admin: Admin;
  /** Asks about topics that are never deleted: kafkajs asks about all it was ever asked about. */
  readonly asking: Transport;
  /** Opens another, for topics that are. */
  connect(): Transport;
  /** Ask one broker each. */
  readonly each: readonly Transport[];
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** A prefix that no other test has. */
export const freshPrefix = (): string => `${randomBytes(6).toString("hex")}.`;

/** The partitions of topics. */
export const partitionsOf = (topics: Readonly<Record<string, number>>): readonly TopicPartition[] =>
  Object.entries(topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );

/**
 * Sets of the topics `wanted`. To make and delete the topics of one test takes longer than most tests do.
 *
 * Invariant: a prefix is leased to one test or lies in `free`, and what lies in `free` has no writer. The one that was given
 * back first is leased first, and no sooner than `enough` tests later: what its last test left under way has arrived by then.
 */
export function createTopicSets(
  { admin, asking, each, connect }: TopicClients,
  wanted: Readonly<Record<string, number>>,
): TopicSets {
  const free: string[] = [];
  const enough = 2;

  /** Each broker hears of a topic, or of its end, a moment after it happened: what is asked of the first one it is asked. */
  const everyBroker = (names: readonly string[], count: number) =>
    Promise.all(
      each.map((broker) =>
        until(async () => {
          const found = await broker.partitionCounts(names);
          if (found.size !== count) throw new Error(`a broker knows ${found.size} of ${names.join(", ")}`);
        }),
      ),
    );

  const create = async (prefix: string, topics: Readonly<Record<string, number>>) => {
    const names = Object.keys(topics).map((topic) => prefix + topic);
    await admin.createTopics({
      topics: Object.entries(topics).map(([topic, numPartitions]) => ({ topic: prefix + topic, numPartitions })),
      waitForLeaders: false,
    });
    await everyBroker(names, names.length);
    const partitions = partitionsOf(topics).map((one) => ({ ...one, topic: prefix + one.topic }));
    const own = connect();
    await until(async () => void (await own.logRanges(partitions))).finally(() => own.close());
  };

  const make = async (): Promise<TopicSet> => {
    const prefix = freshPrefix();
    await create(prefix, wanted);
    return { prefix, base: () => 0 };
  };

  /** A set that was used before: the next test sees nothing of what lies there. */
  const again = async (prefix: string): Promise<TopicSet> => {
    const partitions = partitionsOf(wanted);
    const ranges = await asking.logRanges(partitions.map((one) => ({ ...one, topic: prefix + one.topic })));
    const bases = new Map(partitions.map((one, index) => [nameOf(one), ranges[index]?.end ?? 0]));
    return { prefix, base: (one) => bases.get(nameOf(one)) ?? 0 };
  };

  return {
    create,
    lease() {
      const prefix = free.length < enough ? undefined : free.shift();
      return prefix === undefined ? make() : again(prefix);
    },
    giveBack: ({ prefix }) => void free.push(prefix),
    async grow(name, count) {
      await admin.createPartitions({ topicPartitions: [{ topic: name, count }] });
      for (const broker of each) {
        await until(async () => {
          const known = (await broker.partitionCounts([name])).get(name);
          if (known !== count) throw new Error(`a broker knows ${known} partitions of ${name}`);
        });
      }
    },
    async delete(names) {
      await admin.deleteTopics({ topics: [...names] });
      await everyBroker(names, 0);
    },
  };
}
