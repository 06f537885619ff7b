import { readFileSync } from "node:fs";
import { foreignProducers } from "@keyline/fault-injector/foreign";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, createKafkajsTransport } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import { createProjector, type Hooks, type RecordPosition, type Transport } from "@keyline/runtime";
import { createMemoryStore } from "@keyline/runtime/testing";
import { deadLetterTopic } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { createConsumer, defineProjection } from "@student-events/consumer";
import { topics } from "@student-events/events";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { headerOf } from "../src/kit/world.js";

const there = new Map(
  await Promise.all(foreignProducers.map(async (one) => [one, !one.need || (await canRun(one.need))] as const)),
);

type Wrong = Parameters<NonNullable<Hooks["wrongPartition"]>>[0];

interface Captured {
  readonly how: string;
  readonly partition: number;
  readonly key: string | null;
  readonly headers: { readonly [name: string]: string };
  readonly value: string;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });
const captured = (
  JSON.parse(
    readFileSync(new URL("../../../packages/runtime/fixtures/dapr-records.json", import.meta.url), "utf8"),
  ) as {
    readonly records: readonly Captured[];
  }
).records;

describe.skipIf(!(await canRun("kafka")))("producers that are not ours, on a real broker", { timeout: 300_000 }, () => {
  let cluster: KafkaCluster | undefined;
  const transports: Transport[] = [];
  const broker = () => cluster?.brokers[0] ?? "";
  const connect = () => {
    const transport = createKafkajsTransport({ brokers: [broker()], maxWaitMs: 25, heartbeatIntervalMs: 100 });
    transports.push(transport);
    return transport;
  };
  /** Everything that is not the SDK's is read again: each test has a cluster's topics to itself. */
  const makeTopics = async () => {
    const admin = createKafkajsTopics({ brokers: [broker()] });
    for (const { address, partitions } of Object.values(topics)) {
      for (const name of [address, deadLetterTopic(address)]) await admin.create({ name, partitions: partitions ?? 1 });
    }
    await admin.close();
  };
  beforeAll(async () => {
    cluster = await startKafka();
    await makeTopics();
  }, 180_000);
  afterAll(async () => {
    await Promise.all(transports.map((transport) => transport.close()));
    await cluster?.stop();
  }, 60_000);

  foreignProducers.forEach((producer, index) => {
    it.skipIf(!there.get(producer))(
      `${producer.name}: every event is read, and a stray one says whose it is`,
      async () => {
        const students = Array.from({ length: 40 }, (_, at) => 1000 * (index + 1) + at);
        const event = (student_id: number, number: number) => ({
          event_id: `00000000-0000-4000-8000-${String(student_id * 10 + number).padStart(12, "0")}`,
          event_type: "code.executed",
          correlation_id: "00000000-0000-4000-8000-000000000000",
          timestamp: `2026-01-05T09:00:0${number}Z`,
          student_id,
          payload: {
            ...{ submission_id: "00000000-0000-4000-8000-000000000001", module: "oop", success: true },
            execution_time_ms: number,
          },
        });
        const events = [0, 1, 2].flatMap((number) =>
          students.map((student) => ({
            topic: topics.codeExecuted.address,
            key: String(student),
            value: JSON.stringify(event(student, number)),
          })),
        );
        await producer.write(broker(), events);
        const handled = new Map<number, number[]>();
        const wrong: Wrong[] = [];
        const dead: unknown[] = [];
        const consumer = createConsumer({
          transport: connect(),
          groupId: `reader-${index}`,
          hooks: { wrongPartition: (one) => wrong.push(one), deadLettered: ({ error }) => dead.push(error) },
          on: {
            codeExecuted({ student_id, payload }) {
              handled.set(student_id, [...(handled.get(student_id) ?? []), payload.execution_time_ms]);
            },
          },
        });
        await consumer.start();
        for (const student of students) await until(() => expect(handled.get(student)).toEqual([0, 1, 2]));
        await consumer.close();
        const own = wrong.filter(({ key }) => students.includes(Number(key)));
        expect(dead).toEqual([]);
        if (producer.partitioner === "fnv1a") {
          expect(own).toEqual([]);
        } else {
          expect(own.length).toBeGreaterThan(60);
          for (const one of own) expect(one.matches).toContain(producer.partitioner);
          const others = own.filter(({ matches }) => matches.length > 1);
          expect(others.length).toBeLessThan(own.length / 2);
        }
        // A projection applies what lies on a wrong partition too, to its key's one row.
        const store = createMemoryStore();
        const count = defineProjection({
          name: `count-${index}`,
          initial: () => 0,
          on: { codeExecuted: (state: number) => state + 1 },
        });
        const projector = createProjector({ projection: count, transport: connect(), store });
        await projector.start();
        const app = { app: `count-${index}`, domain: topics.codeExecuted.domain?.name ?? "" };
        await until(async () => {
          const rows = await store.readStates(app, students.map(String));
          expect(students.map((student) => rows.get(String(student))?.state)).toEqual(students.map(() => 3));
        });
        await projector.close();
      },
    );
  });

  it("what a Dapr sidecar wrote is read as it says, or is a dead letter that tells its author what to change", async () => {
    const transport = connect();
    const producer = transport.createProducer();
    const { address } = topics.codeExecuted;
    const places: RecordPosition[] = [];
    for (const { partition, key, headers, value } of captured) {
      const record = {
        ...{ key: key === null ? null : Buffer.from(key), value: Buffer.from(value), timestampMs: Date.now() },
        headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
      };
      const { offset } = await producer.append(address, partition, [record]);
      places.push({ topic: address, partition, offset });
    }
    const handled: string[] = [];
    const refused = new Map<string, string>();
    const placeOf = ({ partition, offset }: RecordPosition) => `${partition}@${offset}`;
    const consumer = createConsumer({
      transport,
      groupId: "dapr",
      hooks: { deadLettered: (one) => refused.set(placeOf(one), one.error.code) },
      on: { codeExecuted: (_, ctx) => void handled.push(placeOf(ctx)) },
    });
    await consumer.start();
    const outcome = (place: RecordPosition) =>
      refused.get(placeOf(place)) ?? (handled.includes(placeOf(place)) ? "read" : "missing");
    await until(() => expect(places.map(outcome)).not.toContain("missing"));
    await consumer.close();
    const expected = captured.map(({ key }) => (key === null ? "key_missing" : key === "42" ? "read" : "key_mismatch"));
    expect(places.map(outcome)).toEqual(expected);
    expect(expected.filter((one) => one === "read")).toHaveLength(15);
    const letters: ConsumerRecord[] = [];
    const topic = deadLetterTopic(address);
    const partitions = [...new Set(places.map(({ partition }) => partition))].map((partition) => ({
      topic,
      partition,
    }));
    const ranges = await transport.logRanges(partitions);
    for (const [index, partition] of partitions.entries()) {
      const { start, end } = ranges[index] ?? { start: 0, end: 0 };
      for await (const { records } of transport.read(partition, { from: start, to: end })) letters.push(...records);
    }
    const messages = new Set(letters.map((letter) => headerOf(letter, "keyline-error-message")));
    expect([...messages].some((text) => text?.includes("no key"))).toBe(true);
    expect([...messages].some((text) => text?.includes("None"))).toBe(true);
  });
});
