import { KeylineError } from "../errors.js";
import type { TopicPartition } from "../ports/transport.js";
import { createMemoryLog, type MemoryLog } from "./log.js";

/** The options of a topic. */
export interface MemoryTopicOptions {
  /** The number of partitions. */
  readonly partitions: number;
  /** The number of replicas, for inspectors only: it has no effect in memory. Default 1. */
  readonly replicas?: number;
  /** The maximum size of each partition (bytes); above it the oldest records are deleted. Default no limit. */
  readonly retentionBytes?: number;
  /** Settings, for inspectors only: they have no effect in memory. Default none. */
  readonly config?: Readonly<Record<string, string>>;
}

interface Topic {
  readonly options: MemoryTopicOptions;
  readonly logs: MemoryLog[];
}

/** The topics of a cluster. */
export interface MemoryTopics {
  create(name: string, options: MemoryTopicOptions): void;
  /** Adds empty partitions, up to a total. */
  grow(name: string, partitions: number): void;
  counts(): ReadonlyMap<string, number>;
  /** How a topic was made. */
  options(name: string): Partial<MemoryTopicOptions>;
  logs(topic: string): readonly MemoryLog[];
  /** Throws `topic_unknown`. */
  log(partition: TopicPartition): MemoryLog;
  /** Deletes the oldest records where a log, or all of them together, are above their limit. */
  trim(appended: MemoryLog): void;
}

const legalName = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/**
 * Topics whose logs hold at most `maxBytes` together, about.
 *
 * Invariant: a topic loses no partition that it was made with or has got; all logs are added up once in 256 appends.
 */
export function createMemoryTopics(maxBytes: number): MemoryTopics {
  const topics = new Map<string, Topic>();

  const logs = (name: string) => {
    const topic = topics.get(name);
    if (topic) return topic.logs;
    throw new KeylineError("topic_unknown", `there is no topic ${name}: create it first`);
  };

  const everyLog = () => [...topics.values()].flatMap((topic) => topic.logs);
  let sinceCounted = 0;

  /** Adding up all logs takes a while, so it is done once in a while. */
  const trimAll = () => {
    sinceCounted += 1;
    if (sinceCounted < 256) return;
    sinceCounted = 0;
    const all = everyLog();
    let total = all.reduce((sum, log) => sum + log.bytes(), 0);
    while (total > maxBytes) {
      const largest = all.reduce((most, log) => (log.bytes() > most.bytes() ? log : most));
      const before = largest.bytes();
      dropOldest(largest, before / 2);
      total -= before - largest.bytes();
    }
  };

  return {
    create(name, options) {
      const { partitions } = options;
      checkTopic(name, partitions);
      if (topics.has(name)) throw new KeylineError("options_invalid", `the topic ${name} exists already`);
      topics.set(name, {
        options,
        logs: Array.from({ length: partitions }, (_, index) => createMemoryLog(name, index)),
      });
    },
    grow(name, partitions) {
      const { length } = logs(name);
      if (!Number.isInteger(partitions) || partitions < length) {
        throw new KeylineError(
          "options_invalid",
          `the topic ${name} has ${length} partitions and cannot have ${partitions}`,
        );
      }
      const added = Array.from({ length: partitions - length }, (_, index) => createMemoryLog(name, length + index));
      topics.get(name)?.logs.push(...added);
    },
    options: (name) => topics.get(name)?.options ?? {},
    counts: () => new Map([...topics].map(([name, topic]) => [name, topic.logs.length])),
    logs,
    log({ topic, partition }) {
      const log = logs(topic)[partition];
      if (log) return log;
      throw new KeylineError("topic_unknown", `the topic ${topic} has no partition ${partition}`);
    },
    trim(appended) {
      const { retentionBytes } = topics.get(appended.topic)?.options ?? {};
      // A little more than has to go, so that it is not done at each append.
      if (retentionBytes !== undefined && appended.bytes() > retentionBytes) dropOldest(appended, retentionBytes * 0.9);
      trimAll();
    },
  };
}

/** Throws `options_invalid` for a topic that no broker would create. */
function checkTopic(name: string, partitions: number): void {
  if (!legalName.test(name)) {
    throw new KeylineError(
      "options_invalid",
      `a topic cannot be called ${JSON.stringify(name)}: use letters, digits, . _ -`,
    );
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new KeylineError("options_invalid", `the topic ${name} cannot have ${partitions} partitions`);
  }
}

/** Deletes the oldest records until about this many bytes are left, going by their mean size. */
function dropOldest(log: MemoryLog, bytes: number): void {
  const records = log.records();
  const mean = log.bytes() / Math.max(1, records.length);
  const dropped = Math.ceil((log.bytes() - bytes) / mean);
  log.deleteBefore(records[dropped]?.offset ?? log.range().end);
}
