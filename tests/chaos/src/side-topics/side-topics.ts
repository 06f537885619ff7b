import { setTimeout as sleep } from "node:timers/promises";
import { createKafkajsTransport } from "@keyline/kafkajs";
import { deadLetterTopic } from "@keyline/runtime/tools";
import type { Admin } from "kafkajs";
import type { PrintedRecord } from "../log/console-consumer.js";
import type { Cluster } from "../world/cluster.js";
import { retried } from "../world/retried.js";
import { checkNotes, type NoteFindings } from "./findings.js";
import { type NoteTopic, noteTopics } from "./notes.js";
import { type Reader, startReader } from "./reader.js";
import { startWriter } from "./writer.js";

/** What is published and read beside the class, on topics that change meanwhile. */
export interface SideTopics {
  /** Adds partitions to the topic that grows. Resolves when notes were read from each of them. */
  addPartitions(): Promise<void>;
  /**
   * Deletes the other topic and recreates it. Resolves when its reader has ended because of that, and another
   * one was reset to the beginning of the new log, by the name of its group.
   */
  recreate(): Promise<void>;
  /** Writes no more, and resolves when all is read that can be, or a minute later. */
  finish(): Promise<void>;
  /** What did not happen in time. */
  readonly failures: readonly string[];
  check(log: readonly PrintedRecord[]): NoteFindings;
}

const withinMs = 60_000;
/** A reader whose topic is unknown for so long ends, and does not say that it was recreated. */
const missedAfterMs = 10_000;
const firstPartitions = { growing: 2, recreated: 3 };
const addressOf = (topic: NoteTopic) => noteTopics[topic].address;

/**
 * Invariant: `handled` has for each note that was read where it lay then, as `topic/partition`; `readers` has the one reader
 * of each topic that is at work, or that was last; `groups` counts the readers, so that each has a group of its own;
 * `partitions` is how many the growing topic was given; `madeMs` is when the recreated topic was made last.
 */
export async function startSideTopics({ admin, brokers }: Cluster, sessionTimeoutMs: number): Promise<SideTopics> {
  for (const topic of Object.keys(noteTopics) as NoteTopic[]) await createTopic(admin, topic);
  const transport = createKafkajsTransport({
    brokers,
    ...{ clientId: "side", metadataIntervalMs: 1000, requestTimeoutMs: 6000, sessionTimeoutMs },
    // A member whose answer to a join is lost asks again after this and five seconds: by default that is longer than `withinMs`.
    rebalanceTimeoutMs: 10_000,
  });
  const writer = startWriter(transport);
  let groups = 0;
  const handled = new Map<number, string>();
  const read = (topic: NoteTopic) =>
    startReader(transport, { topic, groupId: `side-${topic}-${groups++}` }, (n, partition) =>
      handled.set(n, `${topic}/${partition}`),
    );
  const readers = new Map<NoteTopic, Reader>([
    ["growing", read("growing")],
    ["recreated", read("recreated")],
  ]);
  const failures: string[] = [];
  let partitions = firstPartitions.growing;
  let madeMs = 0;

  /** Waits until something is so, and notes what did not come in time. */
  const expect = async (what: string, isSo: () => boolean) => {
    if (!(await isSoon(isSo))) failures.push(`${what} within ${withinMs / 1000} s`);
  };
  /** Every note that is acknowledged now was handled. */
  const allRead = (topic: NoteTopic) => {
    const own = writer.notes.filter((note) => note.topic === topic && note.acknowledged && note.calledMs > madeMs);
    return () => own.every(({ n }) => handled.has(n));
  };

  return {
    failures,
    async addPartitions() {
      const added = [partitions, partitions + 1];
      partitions += added.length;
      for (const topic of [deadLetterTopic(addressOf("growing")), addressOf("growing")])
        await retried(() => growTopic(admin, topic, partitions));
      const isRead = (partition: number) => [...handled.values()].includes(`growing/${partition}`);
      await expect(`partitions ${added.join(", ")} of ${addressOf("growing")} were not read`, () =>
        added.every(isRead),
      );
    },
    async recreate() {
      await expect(`${addressOf("recreated")} was not read to its end`, allRead("recreated"));
      // Deleted at once: some of these are gone before they are read.
      await writer.burst("recreated", 300);
      const reader = readers.get("recreated");
      const deletedMs = performance.now();
      await retried(() => deleteTopic(admin, "recreated"));
      await createTopic(admin, "recreated");
      madeMs = performance.now();
      const end = await Promise.race([reader?.ended, sleep(withinMs, null)]);
      // Where the controller was killed between the two, the topic may have been gone for as long as it takes to be missed.
      const mayBeMissed = madeMs - deletedMs > missedAfterMs && end?.code === "topic_unknown";
      if (end?.code !== "log_replaced" && !mayBeMissed)
        failures.push(
          `${addressOf("recreated")} was recreated; its reader ended with ${end?.message ?? `nothing: ${reader?.state()}`}`,
        );
      await reader?.close();
      readers.set("recreated", read("recreated"));
    },
    async finish() {
      await writer.stop();
      for (const topic of readers.keys()) await isSoon(allRead(topic));
      for (const [topic, reader] of readers) {
        await reader.close();
        const end = await reader.ended;
        if (end !== null) failures.push(`the reader of ${addressOf(topic)} ended by itself: ${end.message}`);
      }
      await transport.close();
    },
    check: (log) => checkNotes({ notes: writer.notes, handled: new Set(handled.keys()), log, madeMs }),
  };
}

async function isSoon(isSo: () => boolean): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (!isSo() && performance.now() < deadlineMs) await sleep(200);
  return isSo();
}

const createTopic = (admin: Admin, topic: NoteTopic) =>
  retried(async () => {
    const known = await admin.listTopics();
    const numPartitions = firstPartitions[topic];
    const wanted = [addressOf(topic), deadLetterTopic(addressOf(topic))].filter((name) => !known.includes(name));
    const topics = wanted.map((name) => ({ topic: name, numPartitions }));
    if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: false });
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [addressOf(topic)] });
    if (found.some(({ partitions }) => partitions.some(({ leader }) => leader < 0))) throw new Error("no leader yet");
    // The other brokers hear of it a moment later.
    await sleep(500);
  });

/** Does nothing where an attempt whose answer was lost did it. */
async function growTopic(admin: Admin, topic: string, count: number): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  if (topics.every(({ partitions }) => partitions.length >= count)) return;
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
}

/** Throws until it is gone. */
async function deleteTopic(admin: Admin, topic: NoteTopic): Promise<void> {
  if (!(await admin.listTopics()).includes(addressOf(topic))) return;
  await admin.deleteTopics({ topics: [addressOf(topic)] });
  throw new Error("it may be there for a moment");
}
