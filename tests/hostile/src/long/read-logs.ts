import type { Transport } from "@keyline/runtime";
import { headerText, scanPartition } from "@keyline/runtime/tools";
import type { ConsumerRecord, TopicPartition } from "@keyline/runtime/transport";
import type { ForeignRecord } from "@student-events/chaos/kit";
import { placeOf } from "../fates/fates.js";
import { markHeader } from "./hostile-journal.js";

/** What lies on the topics: the good events whole, of the hostile records their places alone. */
export interface Logs {
  readonly good: readonly ForeignRecord[];
  /** By number. */
  readonly hostile: ReadonlyMap<number, string>;
  /** Places of batches that were not unpacked. */
  readonly unread: readonly string[];
  /** How many records each topic has. */
  readonly sizes: ReadonlyMap<string, number>;
}

async function* recordsOn(transport: Transport, names: readonly string[]): AsyncGenerator<ConsumerRecord> {
  const counts = await transport.partitionCounts(names);
  const places: readonly TopicPartition[] = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  const ranges = await transport.logRanges(places);
  for (const [index, place] of places.entries()) {
    const { start = 0, end = 0 } = ranges[index] ?? {};
    for await (const records of scanPartition(transport, { ...place, from: start, to: end })) yield* records;
  }
}

/** Reads the topics from their starts to their ends. */
export async function readLogs(transport: Transport, names: readonly string[]): Promise<Logs> {
  const good: ForeignRecord[] = [];
  const hostile = new Map<number, string>();
  const unread: string[] = [];
  const sizes = new Map<string, number>();
  for await (const record of recordsOn(transport, names)) {
    sizes.set(record.topic, (sizes.get(record.topic) ?? 0) + 1);
    const mark = headerText(record.headers, markHeader);
    if (record.unread !== undefined) unread.push(placeOf(record));
    else if (mark === null) good.push(goodRecord(record));
    else hostile.set(Number(mark), placeOf(record));
  }
  return { good, hostile, unread, sizes };
}

const textOf = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString("utf8");

/** What the class, the probes and the apps write is a CloudEvent. */
function goodRecord({ topic, partition, offset, key, value, headers }: ConsumerRecord): ForeignRecord {
  const { id, data } = JSON.parse(textOf(value)) as { readonly id: string; readonly data: ForeignRecord["event"] };
  const texts = headers.map(([name, bytes]) => [name, textOf(bytes)] as const);
  return { topic, partition, offset, key: textOf(key), headers: new Map(texts), event: data, id };
}

/** The history of each dead letter of the topics. */
export async function readLetters(transport: Transport, names: readonly string[]): Promise<readonly Letter[]> {
  const letters: Letter[] = [];
  for await (const { headers } of recordsOn(transport, names))
    letters.push({ headers: headers.filter(([name]) => name.startsWith("keyline-error-")) });
  return letters;
}

type Letter = Pick<ConsumerRecord, "headers">;
