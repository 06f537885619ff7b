import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";
import { type Cluster, recover } from "../client/cluster.js";
import { logRanges } from "../client/topics.js";
import { type Failure, failureOf, transportError } from "../errors.js";
import { nameOf } from "../partitions.js";
import { lostRecords } from "../records/lost-records.js";
import type { FetchedPartitions } from "./fetched-partitions.js";
import type { LogIdentity } from "./log-identity.js";

/** A topic that is deleted stays unknown; one that a broker has not heard of yet does not. */
const unknownTopicForMs = 10_000;
/** So many failures in a row of a kind that is not known to pass are too many. */
const mostFailures = 8;

/** What fetches that fail mean for the member. */
export interface FetchFailures {
  /**
   * Ends the member where fetching again does not help; else resolves when it may be tried again. `leaderless` are topics of
   * partitions that no broker leads: one that was recreated with fewer partitions has none for the others.
   */
  handle(caught: unknown, leaderless?: readonly string[]): Promise<void>;
  /** A broker answered for these, without an error. */
  answered(partitions: readonly TopicPartition[]): void;
}

/** Failures in a row, of one partition or of requests as a whole. */
interface Trouble {
  readonly failures: number;
  /** Since when each says that the topic is unknown; null where the last says something else. */
  readonly unknownSinceMs: number | null;
}

/**
 * Invariant: `troubles` has a partition that failed and was not answered for since, and requests as a whole after one that
 * failed, until a broker answers for anything. So a topic that is gone is reported even though fetches of others succeed.
 */
export function createFetchFailures(
  cluster: Cluster,
  partitions: Pick<FetchedPartitions, "get">,
  identity: Pick<LogIdentity, "replaced">,
  fail: (error: unknown) => void,
): FetchFailures {
  const troubles = new Map<string, Trouble>();

  const outOfRange = async (caught: unknown) => {
    const fetched = partitions.get(caught as Partial<TopicPartition>);
    if (!fetched) return;
    const [range] = await logRanges(cluster, [fetched]);
    // A new leader may answer so before it knows how far its log goes.
    if (range && (fetched.offset < range.start || fetched.offset > range.end)) fail(lostRecords(fetched, range));
  };

  const firstReplaced = async (topics: readonly string[]) =>
    (await Promise.all(topics.map(identity.replaced))).find((error) => error !== null);

  const note = (caught: unknown, code: ErrorCode): Trouble => {
    const { failures, unknownSinceMs } = troubles.get(placeOf(caught)) ?? { failures: 0, unknownSinceMs: null };
    const trouble = {
      failures: failures + 1,
      unknownSinceMs: code === "topic_unknown" ? (unknownSinceMs ?? performance.now()) : null,
    };
    troubles.set(placeOf(caught), trouble);
    return trouble;
  };

  return {
    async handle(caught, leaderless = []) {
      const failure = failureOf(caught);
      const trouble = note(caught, failure.code);
      try {
        const replaced = await firstReplaced(failure.code === "topic_unknown" ? topicOf(caught) : leaderless);
        if (replaced) fail(replaced);
        else if (failure.code === "offset_out_of_range") await outOfRange(caught);
        else if (isFinal(failure, trouble)) fail(transportError(caught, `fetch ${placeOf(caught)}`.trimEnd()));
        else await recover(cluster);
      } catch {
        // It comes again with the next fetch. The broker that was asked about the topic may be gone, while those that fetch is
        // asked of are not: it would be asked again for ever.
        await recover(cluster);
      }
      await sleep(Math.min(50 * trouble.failures, 1000));
    },
    answered(some) {
      if (some.length > 0) troubles.delete(wholeRequests);
      for (const partition of some) troubles.delete(nameOf(partition));
    },
  };
}

function isFinal({ code, retryable }: Failure, { failures, unknownSinceMs }: Trouble): boolean {
  if (code === "transport_denied" || code === "codec_missing") return true;
  if (code === "topic_unknown") {
    return unknownSinceMs !== null && performance.now() - unknownSinceMs > unknownTopicForMs;
  }
  return !retryable && failures > mostFailures;
}

function topicOf(caught: unknown): readonly string[] {
  const { topic } = caught as Partial<TopicPartition>;
  return topic === undefined ? [] : [topic];
}

/** Stands for requests as a whole among places. */
const wholeRequests = "";

/** The partition, where a broker answered about one. */
function placeOf(caught: unknown): string {
  const { topic, partition } = caught as Partial<TopicPartition>;
  return topic === undefined || partition === undefined ? wholeRequests : nameOf({ topic, partition });
}
