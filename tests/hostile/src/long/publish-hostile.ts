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
  const transport = createKafkajsTransport({ brokers, compression, clientId: `hostile-${compression}` });
  return { compression, transport, producer: transport.createProducer() };
});
type Writer = (typeof writers)[number];

const tickMs = 250;
/** A bomb costs this process as much as its readers: now and then. */
const ticksPerBomb = 40;

function recordOf({ key, value, headers }: HostileRecord, number: number): ProducerRecord {
  return { key, value, headers: [[markHeader, Buffer.from(String(number))], ...headers], timestampMs: Date.now() };
}

/** Writes them as one batch for each partition; one that a broker refuses is on no log, and no reader's concern. */
async function write({ producer }: Writer, numbered: readonly (readonly [number, HostileRecord])[]): Promise<void> {
  noteHostile(
    journal,
    numbered.map(([number, { what, codes, student }]) => ({ number, what, codes, student })),
  );
  for (const some of Map.groupBy(numbered, ([, { topic, partition }]) => `${topic}/${partition}`).values()) {
    const [, first] = some[0] ?? [];
    if (!first) continue;
    const records = some.map(([number, record]) => recordOf(record, number));
    await producer.append(first.topic, first.partition, records).catch((caught: unknown) => {
      if (!isKeylineError(caught) || caught.code !== "record_too_large") throw caught;
    });
  }
}

const writerOf = (compression: KafkajsCompression): Writer => {
  const found = writers.find((writer) => writer.compression === compression);
  if (!found) throw new Error(`no writer has the codec ${compression}`);
  return found;
};

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
      const bomb = random.pick(bombs(random.pick(victims)));
      await write(writerOf(bomb.codec), [[number++, bomb.record]]);
    }
    ticks += 1;
  }
}
for (const { transport } of writers) await transport.close();
