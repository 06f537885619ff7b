import type { RecordPosition, Transport } from "@keyline/runtime";
import { createRandom } from "@keyline/runtime/testing";
import type { TransportProducer } from "@keyline/runtime/transport";
import { studentEvent } from "./event.js";
import { good, type Material } from "./faults.js";
import { type MixtureOptions, mixture } from "./plan.js";
import { bytesOf, headersOf, laneOf, type PlannedRecord, structured } from "./record.js";
import type { Injected } from "./truth.js";

/** Records that travel together to one partition. */
const batchRecords = 500;

/** Buffers records by partition, and appends each partition's batches one after the other. */
function createWriter(producer: TransportProducer, wrote: (record: PlannedRecord, place: RecordPosition) => void) {
  // Invariant: `waiting` holds the records of each partition that were not appended yet, in order; of one partition
  // at most one batch is under way.
  const waiting = new Map<string, PlannedRecord[]>();
  const flush = async (records: readonly PlannedRecord[]) => {
    const [first] = records;
    if (!first) return;
    const { topic, partition } = first;
    const { offset } = await producer.append(topic, partition, records);
    for (const [index, record] of records.entries()) wrote(record, { topic, partition, offset: offset + index });
  };
  return {
    async add(record: PlannedRecord) {
      const name = `${record.topic}/${record.partition}`;
      const records = waiting.get(name) ?? [];
      waiting.set(name, records);
      if (records.push(record) < batchRecords) return;
      waiting.delete(name);
      await flush(records);
    },
    async flush() {
      for (const records of waiting.values()) await flush(records);
      waiting.clear();
    },
  };
}

/** Writes a mixture to a cluster that has its topics. Resolves to what was done. */
export async function writeMixture(transport: Transport, options: MixtureOptions): Promise<readonly Injected[]> {
  const injected: Injected[] = [];
  const producer = transport.createProducer();
  await producer.connect();
  const writer = createWriter(producer, ({ fault }, place) => {
    if (fault !== null) injected.push({ ...fault, place });
  });
  for (const record of mixture(options)) await writer.add(record);
  await writer.flush();
  for (const record of await lastRecords(transport, options)) await writer.add(record);
  await writer.flush();
  await producer.close();
  return injected;
}

/** An effect whose cause is exactly at the end of a log, and one whose cause is the last record there is. */
async function lastRecords(transport: Transport, options: MixtureOptions): Promise<readonly PlannedRecord[]> {
  const random = createRandom(options.seed + 1);
  const key = String(1 + random.below(options.students));
  const partition = laneOf(bytesOf(key), options.partitions);
  const [log] = await transport.logRanges([{ topic: "code.submitted", partition }]);
  const end = log?.end ?? 0;
  return [end, end - 1].map((offset): PlannedRecord => {
    const atMs = options.startMs + options.records;
    const event = studentEvent("code.executed", Number(key), atMs, random);
    const material: Material = { event, source: "sandbox", key, atMs, partitions: options.partitions, random };
    return {
      ...good(material),
      headers: headersOf({ ...structured, "keyline-after": `code.submitted/${partition}@${offset}` }),
      ...{ topic: "code.executed", partition, timestampMs: atMs },
      fault: offset === end ? { kind: "cause-missing", eventId: event.event_id } : null,
    };
  });
}
