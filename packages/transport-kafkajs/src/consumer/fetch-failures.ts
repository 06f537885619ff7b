import { setTimeout as sleep } from "node:timers/promises";
import type { TopicPartition } from "@keyline/runtime/transport";
import { recover } from "../client/cluster.js";
import type { KafkaCluster } from "../client/protocol.js";
import { logRanges } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import { lostRecords } from "../records/lost-records.js";
import type { FetchedPartitions } from "./fetched-partitions.js";
import type { LogIdentity } from "./log-identity.js";

/** A topic that is deleted stays unknown; one that a broker has not heard of yet does not. */
const unknownTopicForMs = 10_000;
/** So many failures in a row of a kind that is not known to pass are too many. */
const mostFailures = 8;

/** What fetches that fail mean for the member. */
export interface FetchFailures {
  /** Ends the member where fetching again does not help; else resolves when it may be tried again. */
  handle(caught: unknown): Promise<void>;
  /** A fetch succeeded. */
  forget(): void;
}

/** Invariant: both count from the last fetch that succeeded; `unknownSinceMs` is null once something else fails. */
export function createFetchFailures(
  cluster: KafkaCluster,
  partitions: Pick<FetchedPartitions, "get">,
  identity: Pick<LogIdentity, "replaced">,
  fail: (error: unknown) => void,
): FetchFailures {
  let failures = 0;
  let unknownSinceMs: number | null = null;

  const outOfRange = async (caught: unknown) => {
    const fetched = partitions.get(caught as Partial<TopicPartition>);
    if (!fetched) return;
    const [range] = await logRanges(cluster, [fetched]);
    // A new leader may answer so before it knows how far its log goes.
    if (range && (fetched.offset < range.start || fetched.offset > range.end)) fail(lostRecords(fetched, range));
  };

  const replacedBy = async (caught: unknown) => {
    const { topic } = caught as Partial<TopicPartition>;
    return topic === undefined ? null : identity.replaced(topic);
  };

  const isFinal = ({ code, retryable }: ReturnType<typeof failureOf>) =>
    code === "transport_denied" ||
    (unknownSinceMs !== null && performance.now() - unknownSinceMs > unknownTopicForMs) ||
    (!retryable && code !== "topic_unknown" && failures > mostFailures);

  return {
    async handle(caught) {
      const failure = failureOf(caught);
      failures += 1;
      unknownSinceMs = failure.code === "topic_unknown" ? (unknownSinceMs ?? performance.now()) : null;
      try {
        const replaced = failure.code === "topic_unknown" ? await replacedBy(caught) : null;
        if (replaced) fail(replaced);
        else if (failure.code === "offset_out_of_range") await outOfRange(caught);
        else if (isFinal(failure)) fail(transportError(caught, fetching(caught)));
        else await recover(cluster, caught);
      } catch {
        // It comes again with the next fetch.
      }
      await sleep(Math.min(50 * failures, 1000));
    },
    forget() {
      failures = 0;
      unknownSinceMs = null;
    },
  };
}

/** What was being done: with the partition, where a broker answered about one. */
function fetching(caught: unknown): string {
  const { topic, partition } = caught as Partial<TopicPartition>;
  return topic === undefined ? "fetch" : `fetch ${topic}/${partition}`;
}
