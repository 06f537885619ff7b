import fc from "fast-check";
import { expect, test } from "vitest";
import type { Topics } from "../src/descriptor.js";
import { KeylineError } from "../src/errors.js";
import { createMemoryCluster, type MemoryCluster } from "../src/memory/index.js";
import type { Tracing } from "../src/ports/tracing.js";
import type { Transport } from "../src/ports/transport.js";
import { createChain } from "../src/producer/chain.js";
import { prepareEvent } from "../src/producer/prepare.js";
import { type StoredEvent, storedEvent } from "../src/producer/stored-event.js";
import { createStoredSender } from "../src/producer/stored-sender.js";
import { storySeed } from "./story.js";
import { topics as all } from "./support.js";

const topics: Topics = all;

/** What happens around an event of a key. */
interface Step {
  readonly key: number;
  readonly topic: string;
  /** `large`: no batch has room for it. `heavy`: its broker takes no batch with it. `gone`: the contract lacks its topic. */
  readonly kind: "small" | "large" | "heavy" | "gone";
  readonly before: "nothing" | "refused" | "broken" | "written" | "pause";
}

const names = Object.keys(topics);
const step: fc.Arbitrary<Step> = fc.record({
  key: fc.integer({ min: 1, max: 2 }),
  topic: fc.constantFrom(...names),
  kind: fc.constantFrom("small", "small", "small", "small", "large", "heavy", "gone"),
  before: fc.constantFrom("nothing", "nothing", "nothing", "refused", "broken", "written", "pause"),
});

function eventOf({ key, topic, kind }: Step, place: number): StoredEvent {
  const descriptor = topics[topic];
  const [message] = Object.entries(descriptor?.messages ?? {});
  if (!descriptor || !message) throw new Error(`there is no ${topic}`);
  const input = {
    order_id: key,
    note: `${key}:${place}`,
    correlation_id: "x".repeat({ large: 10_000, heavy: 2000, small: 1, gone: 1 }[kind]),
  };
  const prepared = prepareEvent(descriptor, message[1], input, {
    ...{ id: () => `${key}-${place}`, correlationId: null, timeMs: 0 },
  });
  return storedEvent(prepared, {
    ...{
      topic: kind === "gone" ? "gone" : topic,
      message: message[0],
      timeMs: 0,
      causes: [],
      sequence: null,
      trace: null,
    },
  });
}

/** Traced sends hear of their failures later than others. */
const tracing: Tracing = {
  active: () => ({}),
  send: () => ({ headers: {}, sent: () => undefined, failed: () => undefined }),
  receive: () => ({ end: () => undefined }),
  process: () => ({ run: (code) => code(), end: () => undefined }),
};

/** A broker whose limit is below that of its clients. */
function withLimit(transport: Transport): Transport {
  return {
    ...transport,
    createProducer() {
      const producer = transport.createProducer();
      return {
        ...producer,
        append(topic, partition, records) {
          const bytes = records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
          if (bytes < 2000) return producer.append(topic, partition, records);
          return Promise.reject(new KeylineError("record_too_large", "the broker takes no batch that large"));
        },
      };
    },
  };
}

function fault(cluster: MemoryCluster, { before, topic }: Step) {
  const place = { topic: topics[topic]?.address ?? "", count: 1 };
  if (before === "refused") cluster.faults.refuseAppends({ ...place, count: 100 });
  if (before === "broken") cluster.faults.breakAppends({ ...place, written: false });
  if (before === "written") cluster.faults.breakAppends({ ...place, written: true });
}

/** The places of each key's events that are on the logs, by topic and in order. */
function placesOf(cluster: MemoryCluster): Map<string, number[][]> {
  const found = new Map<string, number[][]>();
  for (const [topic, count] of cluster.topics())
    for (let partition = 0; partition < count; partition += 1) {
      const ofLog = new Map<string, number[]>();
      for (const { value } of cluster.records(topic, partition)) {
        const [key = "", place = ""] = String(JSON.parse(String(value)).data.note).split(":");
        ofLog.set(key, [...(ofLog.get(key) ?? []), Number(place)]);
      }
      for (const [key, places] of ofLog) found.set(key, [...(found.get(key) ?? []), places]);
    }
  return found;
}

test("an event of a chain is on the log only if all those before it are, whatever fails on the way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const cluster = createMemoryCluster();
      for (const { address } of Object.values(topics)) cluster.createTopic(address, { partitions: 5 });
      const transport = withLimit(cluster.transport({ maxBatchBytes: 8000, retries: 0 }));
      const sender = createStoredSender({ topics, transport, tracing, deliveryTimeoutMs: 0 });
      await sender.connect();
      const chains = new Map(
        [1, 2].map((key) => [key, { chain: createChain(), places: 0, acked: 0, failed: new Map<number, unknown>() }]),
      );
      const sends: Promise<unknown>[] = [];
      for (const one of steps) {
        const chain = chains.get(one.key);
        if (!chain) continue;
        fault(cluster, one);
        if (one.before === "pause") await new Promise(setImmediate);
        const sent = sender.send(eventOf(one, chain.places), chain.chain.join());
        const place = chain.places;
        chain.places += 1;
        const failed = (caught: unknown) => chain.failed.set(place, caught);
        sends.push(sent.then(() => (chain.acked += 1), failed));
      }
      await Promise.all(sends);
      const found = placesOf(cluster);
      for (const [key, { places, acked, failed, chain }] of chains) {
        const logs = found.get(String(key)) ?? [];
        const onLog = logs.flat().toSorted((a, b) => a - b);
        expect(onLog).toEqual(onLog.map((_, place) => place));
        for (const log of logs) expect(log).toEqual(log.toSorted((a, b) => a - b));
        expect(onLog.length).toBeGreaterThanOrEqual(acked);
        expect(chain.failure() === null).toBe(acked === places);
        // What is before the first failure was acknowledged, and that one failed by itself.
        expect([...failed.keys()].toSorted((a, b) => a - b)[0] ?? places).toBe(acked);
        if (failed.size > 0) expect(failed.get(acked)).not.toMatchObject({ code: "aborted" });
      }
      await sender.close(0);
    }),
    { numRuns: 150, seed: storySeed() },
  );
});
