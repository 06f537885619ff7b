import type {
  RecordBatch,
  TopicPartition,
  TransportConsumer,
  TransportConsumerEvents,
} from "@keyline/runtime/transport";

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** Hands over at most so many records of a batch at once: Kafka's batches are as large as they were written. */
export function createSlices(
  maxRecords: number,
  events: TransportConsumerEvents,
): Pick<TransportConsumer, "pause" | "resume"> & { readonly events: TransportConsumerEvents } {
  const waiting = new Map<string, RecordBatch[]>();
  const paused = new Set<string>();
  const scheduled = new Set<string>();

  const schedule = (name: string) => {
    if (scheduled.has(name)) return;
    scheduled.add(name);
    setImmediate(() => {
      scheduled.delete(name);
      const batches = waiting.get(name);
      const next = paused.has(name) ? undefined : batches?.shift();
      if (!next) return;
      events.batch(next);
      if (batches && batches.length > 0) schedule(name);
    });
  };

  const slicesOf = (batch: RecordBatch): RecordBatch[] => {
    const starts = Array.from({ length: Math.ceil(batch.records.length / maxRecords) }, (_, at) => at * maxRecords);
    if (starts.length < 2) return [batch];
    return starts.map((start) => ({
      ...batch,
      records: batch.records.slice(start, start + maxRecords),
      fromOffset: start === 0 ? batch.fromOffset : (batch.records[start]?.offset ?? batch.fromOffset),
      nextOffset: batch.records[start + maxRecords]?.offset ?? batch.nextOffset,
    }));
  };

  return {
    events: {
      ...events,
      batch(batch) {
        const name = nameOf(batch);
        const slices = slicesOf(batch);
        if (slices.length < 2 && !waiting.get(name)?.length) return events.batch(batch);
        waiting.set(name, [...(waiting.get(name) ?? []), ...slices]);
        schedule(name);
      },
      assigned(partitions, signal) {
        paused.clear();
        return events.assigned(partitions, signal);
      },
      revoked(partitions, reason) {
        for (const partition of partitions) waiting.delete(nameOf(partition));
        return events.revoked(partitions, reason);
      },
    },
    pause(partitions) {
      for (const partition of partitions) paused.add(nameOf(partition));
    },
    resume(partitions) {
      for (const partition of partitions) {
        paused.delete(nameOf(partition));
        schedule(nameOf(partition));
      }
    },
  };
}
