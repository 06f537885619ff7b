import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import type { RecordBatch, StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { knownLeader, nameOf, recover } from "../client/cluster.js";
import type { KafkaCluster } from "../client/protocol.js";
import { logRanges } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import { toBatch } from "../records/convert.js";
import { fetchFrom, hasMore } from "../records/fetch.js";
import { lostRecords } from "../records/lost-records.js";
import type { FetchedPartition, FetchLimits } from "../wire/fetch.js";

export interface FetcherOptions {
  readonly cluster: KafkaCluster;
  readonly limits: Omit<FetchLimits, "maxBytes">;
  /** Whether what was fetched may still be handed over. */
  readonly isLive: () => boolean;
  readonly batch: (batch: RecordBatch) => void;
  readonly failed: (error: unknown) => void;
}

/** Fetches partitions from their leaders, from each leader one request after the other. */
export interface Fetcher {
  start(positions: readonly StartPosition[]): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Hands over nothing from now on, also of what is under way. */
  close(): void;
}

interface Fetched extends TopicPartition {
  offset: number;
  paused: boolean;
  /** How often in a row a fetch brought nothing although there is more. */
  empty: number;
}

/** After so many a partition is fetched alone, to tell a full answer from one that compaction has emptied. */
const emptyBeforeAlone = 3;
/** A topic that is deleted stays unknown; one that a broker has not heard of yet does not. */
const unknownTopicForMs = 10_000;
/** So many failures in a row of a kind that is not known to pass are too many. */
const mostFailures = 8;

/** @see Fetcher */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { cluster } = options;
  const partitions = new Map<string, Fetched>();
  const busy = new Set<string>();
  let closed = false;
  let failures = 0;
  let unknownSinceMs: number | null = null;

  const fail = (error: unknown) => {
    if (closed) return;
    closed = true;
    options.failed(error);
  };

  /** Moves on behind what was brought of a partition; null where nothing is to be handed over. */
  const take = (row: FetchedPartition, asked: StartPosition, alone: boolean): RecordBatch | null => {
    const fetched = partitions.get(nameOf(row));
    // Paused meanwhile: it is fetched again when it is resumed.
    if (row.error || !fetched || fetched.paused || fetched.offset !== asked.offset) return null;
    const batch = toBatch(asked, asked.offset, row);
    if (batch.nextOffset > asked.offset) {
      fetched.empty = 0;
      fetched.offset = batch.nextOffset;
      return batch;
    }
    if (!hasMore(row, asked.offset)) {
      fetched.empty = 0;
      return null;
    }
    fetched.empty += 1;
    if (!alone || fetched.empty <= emptyBeforeAlone) return null;
    fetched.empty = emptyBeforeAlone;
    fetched.offset = asked.offset + 1;
    return { ...batch, nextOffset: fetched.offset };
  };

  const outOfRange = async (caught: unknown) => {
    const { topic, partition } = caught as Partial<TopicPartition>;
    const fetched = partitions.get(`${topic}/${partition}`);
    if (!fetched) return;
    const [range] = await logRanges(cluster, [fetched]);
    // A new leader may answer so before it knows how far its log goes.
    if (range && (fetched.offset < range.start || fetched.offset > range.end)) fail(lostRecords(fetched, range));
  };

  /** What was being done: with the partition, where a broker answered about one. */
  const fetching = (caught: unknown) => {
    const { topic, partition } = caught as Partial<TopicPartition>;
    return topic === undefined ? "fetch" : `fetch ${topic}/${partition}`;
  };

  const trouble = async (caught: unknown) => {
    const failure = failureOf(caught);
    failures += 1;
    unknownSinceMs = failure.code === "topic_unknown" ? (unknownSinceMs ?? performance.now()) : null;
    try {
      if (failure.code === "offset_out_of_range") await outOfRange(caught);
      else if (failure.code === "transport_denied") fail(transportError(caught, fetching(caught)));
      else if (unknownSinceMs !== null && performance.now() - unknownSinceMs > unknownTopicForMs) {
        fail(transportError(caught, fetching(caught)));
      } else if (!failure.retryable && failure.code !== "topic_unknown" && failures > mostFailures) {
        fail(transportError(caught, fetching(caught)));
      } else await recover(cluster, caught);
    } catch {
      // It comes again with the next fetch.
    }
    await sleep(Math.min(50 * failures, 1000));
  };

  const fetch = async (nodeId: string, positions: readonly StartPosition[], release: () => void) => {
    try {
      const leader = await cluster.findBroker({ nodeId });
      const rows = await fetchFrom(leader, positions, options.limits);
      const asked = new Map(positions.map((position) => [nameOf(position), position]));
      const brought = rows.flatMap((row) => {
        const position = asked.get(nameOf(row));
        return (position && take(row, position, positions.length === 1)) ?? [];
      });
      // One partition's trouble is not the others': what was brought is handed over.
      const refused = rows.find(({ error }) => error)?.error;
      if (!refused) {
        failures = 0;
        unknownSinceMs = null;
        // The broker looks for the next while this is read.
        release();
      }
      for (const batch of brought) {
        // Asked for each: the one before may have ended everything, and a process that was stopped for a while wakes here.
        if (closed || !options.isLive()) return;
        options.batch(batch);
      }
      if (refused) await trouble(refused);
    } catch (caught) {
      if (isOurs(caught)) fail(caught);
      else if (!closed) await trouble(caught);
    }
  };

  /** Keeps other requests from a broker until what it returns is called. */
  const claim = (nodeId: string) => {
    busy.add(nodeId);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      busy.delete(nodeId);
      pump();
    };
  };

  const leaderOrNone = (partition: TopicPartition): string => {
    try {
      return knownLeader(cluster, partition);
    } catch {
      return "";
    }
  };

  const pump = () => {
    if (closed) return;
    const ready = [...partitions.values()].filter(({ paused }) => !paused);
    for (const [nodeId, led] of Map.groupBy(ready, leaderOrNone)) {
      if (busy.has(nodeId)) continue;
      const release = claim(nodeId);
      const alone = led.find(({ empty }) => empty >= emptyBeforeAlone);
      const positions = (alone ? [alone] : led).map(({ topic, partition, offset }) => ({ topic, partition, offset }));
      const work =
        nodeId === ""
          ? trouble(new KeylineError("transport_unavailable", "no leader"))
          : fetch(nodeId, positions, release);
      void work.finally(release);
    }
  };

  const setPaused = (some: readonly TopicPartition[], paused: boolean) => {
    for (const partition of some) {
      const fetched = partitions.get(nameOf(partition));
      if (fetched) fetched.paused = paused;
    }
    if (!paused) pump();
  };

  return {
    start(positions) {
      for (const position of positions) partitions.set(nameOf(position), { ...position, paused: false, empty: 0 });
      pump();
    },
    pause: (some) => setPaused(some, true),
    resume: (some) => setPaused(some, false),
    close() {
      closed = true;
      partitions.clear();
    },
  };
}

/** What the consumer on top threw, which is no trouble of the network. */
const isOurs = (caught: unknown): boolean => caught instanceof KeylineError && caught.code !== "transport_unavailable";
