// A process of the comparison: applies events to a table by kafkajs as it comes, beside its fetch loop, without a fence.
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import { readTask } from "../publish/task.js";
import type { StockConsumeTask } from "./task.js";

const { brokers, databaseUrl, member, groupId, topics, sessionTimeoutMs } = readTask<StockConsumeTask>();
const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const kafka = new Kafka({ brokers: [...brokers], clientId: member, logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId, sessionTimeout: sessionTimeoutMs, maxWaitTimeInMs: 200 });

interface Received {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

// Invariant: `received` holds what was fetched and not begun, in order; `finished` the last record of each partition
// that was handled and not committed. Once `stopped` is set, no further record is begun: what was received is left to
// its partition's next owner.
const received: Received[] = [];
const finished = new Map<string, Received>();
let stopped = false;

/** Handles what was received, one after the other. */
async function handle(): Promise<void> {
  while (!stopped) {
    const next = received.shift();
    if (!next) {
      await sleep(5);
      continue;
    }
    await sleep(4);
    await database.query("insert into stock_effects (member, topic, partition, place) values ($1, $2, $3, $4)", [
      member,
      next.topic,
      next.partition,
      next.offset,
    ]);
    finished.set(`${next.topic}/${next.partition}`, next);
  }
}

/** Commits what is finished; what could not be committed is tried again. */
async function commit(): Promise<void> {
  while (!stopped) {
    await sleep(250);
    const offsets = [...finished].map(([place, { topic, partition, offset }]) => ({
      place,
      commit: { topic, partition, offset: String(offset + 1) },
    }));
    if (offsets.length === 0) continue;
    try {
      await consumer.commitOffsets(offsets.map(({ commit }) => commit));
      for (const { place, commit } of offsets) {
        if (finished.get(place)?.offset === Number(commit.offset) - 1) finished.delete(place);
      }
    } catch {
      // The group is on the move: again in a moment.
    }
  }
}

await consumer.connect();
await consumer.subscribe({ topics: [...topics], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  async eachBatch({ batch, resolveOffset }) {
    for (const { offset } of batch.messages) {
      received.push({ topic: batch.topic, partition: batch.partition, offset: Number(offset) });
      resolveOffset(offset);
    }
  },
});
process.once("SIGTERM", () => {
  stopped = true;
});
await Promise.all([handle(), commit()]);
await consumer.disconnect();
await database.end();
process.exit(0);
