import type { Transport } from "@keyline/runtime";
import { numberHeader } from "@student-events/classroom";
import type { RecordedEvent } from "./recorded.js";

/** An event as it lies on the log. */
export interface LoggedEvent extends RecordedEvent {
  readonly partition: number;
  readonly offset: number;
  /** Its place among the student's events, as the classroom counted; null for an event that an app emitted. */
  readonly number: number | null;
  /** By which projection it was emitted, and as which of its events for the student; null for another's event. */
  readonly emission: string | null;
}

/** Reads whole topics back from their beginning, in the order of each partition. Decodes by hand, not by the SDK. */
export async function readLog(transport: Transport, topics: readonly string[]): Promise<readonly LoggedEvent[]> {
  const counts = await transport.partitionCounts(topics);
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  const ranges = await transport.logRanges(partitions);
  const events: LoggedEvent[] = [];
  for (const [index, place] of partitions.entries()) {
    const { start, end } = ranges[index] ?? { start: 0, end: 0 };
    for await (const { records } of transport.read(place, { from: start, to: end })) {
      for (const { offset, value, headers } of records) {
        const text = new Map(headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
        const number = text.get(numberHeader);
        const { data } = JSON.parse(Buffer.from(value ?? []).toString()) as { data: RecordedEvent["value"] };
        const emission = text.get("keyline-seq") ?? null;
        events.push({ ...place, offset, value: data, number: number === undefined ? null : Number(number), emission });
      }
    }
  }
  return events;
}
