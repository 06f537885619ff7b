import { KeylineError } from "@keyline/runtime";
import type { RecordBatch, StartPosition, TopicPartition } from "@keyline/runtime/transport";
import type { Cluster } from "../client/cluster.js";
import { unavailable } from "../errors.js";
import { fetchFrom } from "../records/fetch.js";
import type { FetchLimits } from "../wire/fetch.js";
import { createFetchFailures } from "./fetch-failures.js";
import { createFetchedPartitions, nextFetch } from "./fetched-partitions.js";
import type { LogIdentity } from "./log-identity.js";

export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly limits: Omit<FetchLimits, "maxBytes">;
  readonly identity: LogIdentity;
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

/**
 * Invariant: a broker is claimed while a request to it, or the pause after one that failed, is under way, and gets no
 * other. Once closed nothing is handed over, and `failed` was called once at most.
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { cluster, identity, limits } = options;
  const partitions = createFetchedPartitions();
  const claims = createClaims(() => pump());
  let closed = false;

  const fail = (error: unknown) => {
    if (closed) return;
    closed = true;
    options.failed(error);
  };

  const failures = createFetchFailures(cluster, partitions, identity, fail);

  const fetch = async (nodeId: string, positions: readonly StartPosition[], release: () => void) => {
    try {
      if (nodeId === none) return await failures.handle(unavailable("no leader"), topicsOf(positions));
      const rows = await fetchFrom(cluster.broker(nodeId), positions, { ...limits, ids: identity.ids });
      const brought = partitions.take(rows, positions);
      // One partition's failure is not the others': what was brought is handed over.
      const refused = rows.find(({ error }) => error)?.error;
      failures.answered(rows.filter(({ error }) => !error));
      // The broker looks for the next while this is read.
      if (!refused) release();
      for (const batch of brought) {
        // Asked for each: the one before may have ended everything, and a process that was stopped for a while wakes here.
        if (closed || !options.isLive()) return;
        options.batch(batch);
      }
      if (refused) await failures.handle(refused);
    } catch (caught) {
      if (isOurs(caught)) fail(caught);
      else if (!closed) await failures.handle(caught);
    }
  };

  const pump = () => {
    if (closed) return;
    const leaderOrNone = (partition: StartPosition) => cluster.leaderIfKnown(partition) ?? none;
    for (const [nodeId, led] of Map.groupBy(partitions.ready(), leaderOrNone)) {
      const release = claims.claim(nodeId);
      if (!release) continue;
      void fetch(nodeId, nextFetch(led), release).finally(release);
    }
  };

  return {
    start(positions) {
      partitions.start(positions);
      pump();
    },
    pause: (some) => partitions.setPaused(some, true),
    resume(some) {
      partitions.setPaused(some, false);
      pump();
    },
    close() {
      closed = true;
      partitions.clear();
    },
  };
}

const topicsOf = (positions: readonly StartPosition[]) => [...new Set(positions.map(({ topic }) => topic))];

/** Stands for the leader of partitions that have none. */
const none = "";

/** Invariant: `claimed` are the brokers whose claim is not released; each is released once. */
function createClaims(released: () => void): { claim(nodeId: string): (() => void) | null } {
  const claimed = new Set<string>();

  return {
    /** Keeps other requests from a broker until what it returns is called; null while another does. */
    claim(nodeId) {
      if (claimed.has(nodeId)) return null;
      claimed.add(nodeId);
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        claimed.delete(nodeId);
        released();
      };
    },
  };
}

/** Whether the consumer on top threw it: then the network is not to blame. */
const isOurs = (caught: unknown): boolean => caught instanceof KeylineError && caught.code !== "transport_unavailable";
