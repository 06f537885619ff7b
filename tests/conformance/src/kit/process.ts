import type { Transport } from "@keyline/runtime";
import type {
  ConsumerRecord,
  ProducerRecord,
  RecordBatch,
  TopicPartition,
  TransportConsumer,
  TransportConsumerOptions,
  TransportProducer,
} from "@keyline/runtime/transport";

/** One `append` of a process, in the order of `startedAt`. */
export interface AppendTrace extends TopicPartition {
  readonly records: readonly ProducerRecord[];
  readonly startedAt: number;
  /** When its answer came; null before. */
  endedAt: number | null;
  /** The first record's offset; null when it failed. */
  offset: number | null;
}

/** Does an append, or not, or later. */
export type Interceptor = (
  append: AppendTrace,
  forward: () => Promise<{ offset: number }>,
) => Promise<{ offset: number }>;

/** A process of an app: its connection, watched, and made to fail in ways that any transport can. */
export interface TestProcess {
  readonly transport: Transport;
  /** The connection itself, as its cluster knows it. */
  readonly inner: Transport;
  readonly appends: readonly AppendTrace[];
  readonly received: readonly ConsumerRecord[];
  /** Offsets as they were committed, in order. */
  readonly commits: readonly (TopicPartition & { readonly offset: number })[];
  readonly paused: ReadonlySet<string>;
  /** What happens instead of appends to the topic. */
  intercept(topic: string, interceptor: Interceptor): () => void;
  /** Appends to the topic are not forwarded until the result is called. */
  block(topic: string): () => void;
  /** What is fetched of the topic is handed over only when the result is called. */
  hold(topic: string): () => void;
  /** From now on nothing leaves or enters the process; its group goes on without it. */
  crash(): Promise<void>;
  readonly crashed: Promise<void>;
  isCrashed(): boolean;
}

const never = <T>() => new Promise<T>(() => undefined);
const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** @see TestProcess */
export function createProcess(inner: Transport): TestProcess {
  const appends: AppendTrace[] = [];
  const received: ConsumerRecord[] = [];
  const commits: (TopicPartition & { offset: number })[] = [];
  const paused = new Set<string>();
  const interceptors: { topic: string; run: Interceptor }[] = [];
  const holds = new Set<{ topic: string }>();
  const deliverHeld = new Set<() => void>();
  const down = Promise.withResolvers<void>();
  let crashed = false;
  let moment = 0;

  const live = <T>(call: () => Promise<T>): Promise<T> => (crashed ? never<T>() : call());

  const wrapProducer = (producer: TransportProducer): TransportProducer => ({
    connect: () => live(() => producer.connect()),
    async append(topic, partition, records, options) {
      if (crashed) return never();
      const trace: AppendTrace = { topic, partition, records, startedAt: moment++, endedAt: null, offset: null };
      appends.push(trace);
      const forward = () => live(() => producer.append(topic, partition, records, options));
      const interceptor = interceptors.find((one) => one.topic === topic);
      try {
        const answer = await (interceptor ? interceptor.run(trace, forward) : forward());
        trace.offset = answer.offset;
        return crashed ? await never() : answer;
      } finally {
        trace.endedAt = moment++;
      }
    },
    close: () => (crashed ? Promise.resolve() : producer.close()),
  });

  const wrapConsumer = (options: TransportConsumerOptions): TransportConsumer => {
    const { events } = options;
    let held: RecordBatch[] = [];
    const isHeld = ({ topic }: TopicPartition) => [...holds].some((hold) => hold.topic === topic);
    const deliver = (batch: RecordBatch) => {
      received.push(...batch.records);
      events.batch(batch);
    };
    deliverHeld.add(() => {
      const ready = held.filter((batch) => !isHeld(batch));
      held = held.filter(isHeld);
      if (!crashed) for (const batch of ready) deliver(batch);
    });
    const consumer = inner.createConsumer({
      ...options,
      events: {
        assigned: (partitions, signal) =>
          Promise.race([events.assigned(partitions, signal), down.promise.then(() => [])]),
        async revoked(partitions, reason) {
          const names = new Set(partitions.map(nameOf));
          held = held.filter((batch) => !names.has(nameOf(batch)));
          if (!crashed) await Promise.race([events.revoked(partitions, reason), down.promise]);
        },
        batch(batch) {
          if (crashed) return;
          if (isHeld(batch) || held.some((other) => nameOf(other) === nameOf(batch))) held.push(batch);
          else deliver(batch);
        },
        failed: (error) => (crashed ? undefined : events.failed(error)),
      },
    });
    return {
      start: () => live(() => consumer.start()),
      committed: (partitions) => live(() => consumer.committed(partitions)),
      pause(partitions) {
        for (const partition of partitions) paused.add(nameOf(partition));
        if (!crashed) consumer.pause(partitions);
      },
      resume(partitions) {
        for (const partition of partitions) paused.delete(nameOf(partition));
        if (!crashed) consumer.resume(partitions);
      },
      async commit(offsets) {
        if (crashed) return;
        commits.push(...offsets);
        await consumer.commit(offsets);
      },
      sharedOut: () => consumer.sharedOut(),
      topicId: (topic) => consumer.topicId(topic),
      stop: (options) => (crashed ? Promise.resolve() : consumer.stop(options)),
    };
  };

  const intercept = (topic: string, run: Interceptor) => {
    const added = { topic, run };
    interceptors.push(added);
    return () => {
      const index = interceptors.indexOf(added);
      if (index >= 0) interceptors.splice(index, 1);
    };
  };

  return {
    transport: {
      name: inner.name,
      maxBatchBytes: inner.maxBatchBytes,
      metadataIntervalMs: inner.metadataIntervalMs,
      sessionTimeoutMs: inner.sessionTimeoutMs,
      retentionMs: (topics) => live(() => inner.retentionMs(topics)),
      clusterId: () => live(() => inner.clusterId()),
      partitionCounts: (names) => live(() => inner.partitionCounts(names)),
      logRanges: (partitions) => live(() => inner.logRanges(partitions)),
      stableEnds: (partitions) => live(() => inner.stableEnds(partitions)),
      offsetsAtTime: (partitions, timestampMs) => live(() => inner.offsetsAtTime(partitions, timestampMs)),
      read: (partition, range, options) => inner.read(partition, range, options),
      createProducer: () => wrapProducer(inner.createProducer()),
      createConsumer: wrapConsumer,
      close: (options) => (crashed ? Promise.resolve() : inner.close(options)),
      [Symbol.asyncDispose]: () => (crashed ? Promise.resolve() : inner.close()),
    },
    inner,
    appends,
    received,
    commits,
    paused,
    intercept,
    block(topic) {
      const opened = Promise.withResolvers<void>();
      const off = intercept(topic, async (_, forward) => {
        await opened.promise;
        return forward();
      });
      return () => {
        off();
        opened.resolve();
      };
    },
    hold(topic) {
      const hold = { topic };
      holds.add(hold);
      return () => {
        holds.delete(hold);
        for (const again of deliverHeld) again();
      };
    },
    async crash() {
      crashed = true;
      down.resolve();
      await inner.close();
    },
    crashed: down.promise,
    isCrashed: () => crashed,
  };
}

/** The same process, whose group gives it one lane and keeps the others to itself. */
export function onlyLane(process: TestProcess, lane: number): TestProcess {
  const { transport } = process;
  const only = <P extends TopicPartition>(partitions: readonly P[]) =>
    partitions.filter(({ partition }) => partition === lane);
  const createConsumer: Transport["createConsumer"] = (options) => {
    const { assigned, revoked } = options.events;
    return transport.createConsumer({
      ...options,
      events: {
        ...options.events,
        assigned: (partitions, signal) => assigned(only(partitions), signal),
        revoked: (partitions, reason) => revoked(only(partitions), reason),
      },
    });
  };
  return { ...process, transport: { ...transport, createConsumer } };
}
