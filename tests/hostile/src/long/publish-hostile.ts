// A process of the run: writes hostile records in its windows, past every SDK, in batches of every codec.
import { setTimeout as sleep } from "node:timers/promises";
import { createKafkajsTransport, type KafkajsCompression } from "@keyline/kafkajs";
import { isKeylineError } from "@keyline/runtime";
import { createRandom } from "@keyline/runtime/testing";
import type { ProducerRecord } from "@keyline/runtime/transport";
import { bombs } from "../records/bombs.js";
import { drawRecords, type HostileRecord } from "../records/hostile-record.js";
import { markHeader, noteHostile } from "./hostile-journal.js";
import { type HostileTask, readTask } from "./tasks.js";

const { brokers, journal, windows, seed, rate, victims } = readTask<HostileTask>();
const random = createRandom(seed, 0);
const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const satisfies readonly KafkajsCompression[];
const writers = codecs.map((compression) => {
  // What is too large is for the broker to refuse: it sees a batch as it is packed.
  const maxBatchBytes = 1_000_000_000;
  const transport = createKafkajsTransport({ brokers, compression, maxBatchBytes, clientId: `hostile-${compression}` });
  return { compression, transport, producer: transport.createProducer() };
});
type Writer = (typeof writers)[number];

const tickMs = 250;
/** A bomb costs this process as much as its readers: now and then. */
const ticksPerBomb = 60;

function recordOf({ key, value, headers }: HostileRecord, number: number): ProducerRecord {
  return { key, value, headers: [[markHeader, Buffer.from(String(number))], ...headers], timestampMs: Date.now() };
}

type Numbered = readonly [number: number, record: HostileRecord];

/** Writes records of one partition as one batch, or alone where the broker does not take them together. */
async function append(writer: Writer, batch: readonly Numbered[]): Promise<void> {
  const [, first] = batch[0] ?? [];
  if (!first) return;
  const records = batch.map(([number, record]) => recordOf(record, number));
  try {
    await writer.producer.append(first.topic, first.partition, records);
  } catch (caught) {
    // One that no broker takes is on no log.
    if (!isKeylineError(caught) || caught.code !== "record_too_large") throw caught;
    if (batch.length > 1) for (const one of batch) await append(writer, [one]);
  }
}

async function write(writer: Writer, numbered: readonly Numbered[]): Promise<void> {
  noteHostile(
    journal,
    numbered.map(([number, { what, codes, student }]) => ({ number, what, codes, student })),
  );
  const batches = Map.groupBy(numbered, ([, { topic, partition }]) => `${topic}/${partition}`);
  for (const batch of batches.values()) await append(writer, batch);
}

const writerOf = (compression: KafkajsCompression): Writer => {
  const found = writers.find((writer) => writer.compression === compression);
  if (!found) throw new Error(`no writer has the codec ${compression}`);
  return found;
};

// Invariant: `number` is that of the next record, no two have one; `ticks` counts the times that some were written.
let number = 0;
let ticks = 0;
for (const { isHostile, fromMs, toMs } of windows) {
  if (!isHostile) continue;
  await sleep(Math.max(0, fromMs - Date.now()));
  for (let nextMs = Date.now(); nextMs < toMs; nextMs = Math.max(nextMs + tickMs, Date.now())) {
    await sleep(Math.max(0, nextMs - Date.now()));
    const drawn = drawRecords(seed * 100_003 + ticks, Math.ceil((rate * tickMs) / 1000), victims);
    await write(
      random.pick(writers),
      drawn.map((record) => [number++, record]),
    );
    if (ticks % ticksPerBomb === 0) {
      // Each size in turn: few come in a window.
      const some = bombs(random.pick(victims));
      const bomb = some[(ticks / ticksPerBomb) % some.length];
      if (bomb) await write(writerOf(bomb.codec), [[number++, bomb.record]]);
    }
    ticks += 1;
  }
}
for (const { transport } of writers) await transport.close();
