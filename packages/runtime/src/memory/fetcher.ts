import type { RecordBatch, StartPosition, TopicPartition } from "../ports/transport.js";
import type { Random } from "../random.js";
import type { MemoryLog } from "./log.js";
import { partitionName } from "./partition-name.js";

export interface FetcherOptions {
  readonly log: (partition: TopicPartition) => MemoryLog;
  readonly random: Random;
  /** Whether fetches of this partition are held back. */
  readonly isHeld: (partition: TopicPartition) => boolean;
  /** How many brokers lead the partitions: one round fetches from one of them. */
  readonly brokers: number;
  readonly maxBytesPerPartition: number;
  readonly maxRecordsPerPartition: number;
  readonly maxBytesPerRound: number;
  readonly batch: (batch: RecordBatch) => void;
  readonly failed: (error: unknown) => void;
}

/** Fetches in rounds: all that one broker has for the partitions, in any order, then the next round. */
export interface Fetcher {
  start(positions: readonly StartPosition[]): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Fetches nothing while stalled. */
  stall(stalled: boolean): void;
  /** Looks again whether there is something to fetch. */
  wake(): void;
  /** Forgets every partition. */
  clear(): void;
}

interface Fetched {
  readonly log: MemoryLog;
  readonly broker: number;
  readonly unwatch: () => void;
  position: number;
  paused: boolean;
}

/** @see Fetcher */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { random } = options;
  const partitions = new Map<string, Fetched>();
  let scheduled = false;
  let stalled = false;

  const wake = () => {
    if (scheduled || stalled) return;
    scheduled = true;
    setImmediate(round);
  };

  const isReady = (fetched: Fetched) =>
    !fetched.paused && fetched.position !== fetched.log.range().end && !options.isHeld(fetched.log);

  /** What one broker has, in any order; the broker is drawn among those that have something. */
  const drawRound = (): Fetched[] => {
    const ready = [...partitions.values()].filter(isReady);
    const drawn = ready[random.below(ready.length)];
    return random.shuffle(ready.filter(({ broker }) => broker === drawn?.broker));
  };

  const round = () => {
    scheduled = false;
    let bytesLeft = options.maxBytesPerRound;
    for (const fetched of stalled ? [] : drawRound()) {
      // A batch handed over before may have paused this partition, or ended everything.
      if (partitions.get(partitionName(fetched.log)) !== fetched || fetched.paused || bytesLeft <= 0) continue;
      bytesLeft -= fetch(fetched, Math.min(bytesLeft, options.maxBytesPerPartition));
    }
    if ([...partitions.values()].some(isReady)) wake();
  };

  const fetch = (fetched: Fetched, bytes: number): number => {
    try {
      const batch = fetched.log.read(fetched.position, { records: options.maxRecordsPerPartition, bytes });
      fetched.position = batch.nextOffset;
      options.batch(batch);
      return batch.records.reduce((sum, record) => sum + (record.value?.byteLength ?? 0), 0);
    } catch (caught) {
      options.failed(caught);
      return 0;
    }
  };

  const setPaused = (some: readonly TopicPartition[], paused: boolean) => {
    for (const partition of some) {
      const fetched = partitions.get(partitionName(partition));
      if (fetched) fetched.paused = paused;
    }
    if (!paused) wake();
  };

  return {
    start(positions) {
      for (const position of positions) {
        const log = options.log(position);
        const broker = brokerOf(position, options.brokers);
        partitions.set(partitionName(position), {
          log,
          broker,
          unwatch: log.watch(wake),
          position: position.offset,
          paused: false,
        });
      }
      wake();
    },
    pause: (some) => setPaused(some, true),
    resume: (some) => setPaused(some, false),
    stall(now) {
      stalled = now;
      wake();
    },
    wake,
    clear() {
      for (const { unwatch } of partitions.values()) unwatch();
      partitions.clear();
    },
  };
}

/** Leaders are dealt round, from another broker for each topic. */
function brokerOf({ topic, partition }: TopicPartition, brokers: number): number {
  return (partition + topic.length) % brokers;
}
