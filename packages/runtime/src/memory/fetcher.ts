import { KeylineError } from "../errors.js";
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

/** A partition that is fetched. */
interface Fetched {
  readonly log: MemoryLog;
  readonly broker: number;
  readonly unwatch: () => void;
  /** Of its log when it was begun. */
  readonly resets: number;
  position: number;
  paused: boolean;
}

/**
 * Invariant: a partition's position lies behind the last batch that was handed over of it. At most one round is scheduled,
 * none begins while stalled, and one is scheduled whenever a partition that is not held back has more.
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  const partitions = new Map<string, Fetched>();
  let scheduled = false;
  let stalled = false;

  const wake = () => {
    if (scheduled || stalled) return;
    scheduled = true;
    setImmediate(round);
  };

  const isReady = ({ paused, position, log, resets }: Fetched) =>
    !paused && (position !== log.stableEnd() || resets !== log.resets()) && !options.isHeld(log);

  const round = () => {
    scheduled = false;
    let bytesLeft = options.maxBytesPerRound;
    for (const fetched of stalled ? [] : drawRound([...partitions.values()].filter(isReady), options.random)) {
      // A batch handed over before may have paused this partition, or ended everything.
      if (partitions.get(partitionName(fetched.log)) !== fetched || fetched.paused || bytesLeft <= 0) continue;
      bytesLeft -= fetch(fetched, Math.min(bytesLeft, options.maxBytesPerPartition), options);
    }
    if ([...partitions.values()].some(isReady)) wake();
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
        const state = { position: position.offset, paused: false, resets: log.resets() };
        partitions.set(partitionName(position), { log, broker, unwatch: log.watch(wake), ...state });
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

/** What one broker has, in any order; the broker is drawn among those that have something. */
function drawRound(ready: readonly Fetched[], random: Random): Fetched[] {
  const drawn = ready[random.below(ready.length)];
  return random.shuffle(ready.filter(({ broker }) => broker === drawn?.broker));
}

/** Hands over a partition's next batch; returns the bytes of its values. */
function fetch(fetched: Fetched, bytes: number, { maxRecordsPerPartition, batch, failed }: FetcherOptions): number {
  try {
    if (fetched.log.resets() !== fetched.resets) throw replaced(fetched.log);
    const read = fetched.log.read(fetched.position, { records: maxRecordsPerPartition, bytes });
    fetched.position = read.nextOffset;
    batch(read);
    return read.records.reduce((sum, record) => sum + (record.value?.byteLength ?? 0), 0);
  } catch (caught) {
    failed(caught);
    return 0;
  }
}

const replaced = ({ topic, partition }: TopicPartition): KeylineError =>
  new KeylineError("log_replaced", `cannot go on with ${topic}/${partition}: the topic was deleted and recreated`);

/** Leaders are dealt round, from another broker for each topic. */
function brokerOf({ topic, partition }: TopicPartition, brokers: number): number {
  return (partition + topic.length) % brokers;
}
