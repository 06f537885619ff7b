import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { retry, type TopicPartition } from "@keyline/runtime/transport";
import { failureOf, unavailable } from "../errors.js";
import { nameOf } from "../partitions.js";
import type { Address } from "../port.js";
import { findCoordinator } from "../wire/groups.js";
import {
  type Metadata,
  metadataByName,
  metadataRequest,
  metadataWithIds,
  type TopicMetadata,
} from "../wire/metadata.js";
import { nameOfAddress } from "./address.js";
import type { Broker } from "./broker.js";
import { firstToAnswer } from "./seeds.js";
import { createSharedQuestion } from "./shared-question.js";

/** A cluster's brokers, and what is known of the leaders of its topics. */
export interface Cluster {
  /** The broker that general questions go to: the first that answered, until {@link recover}. */
  any(): Promise<Broker>;
  /** Throws what may be tried again for a broker that is not there now. */
  broker(nodeId: string): Broker;
  /** The broker that changes topics. */
  controller(): Promise<Broker>;
  /** The broker that coordinates a group, as the cluster says now. */
  coordinator(groupId: string): Promise<Broker>;
  /** The cluster and topics of it as a broker has them now; each topic is answered for. */
  metadata(topics: readonly string[]): Promise<Metadata>;
  /** The broker that leads a partition, as far as is known. Rejects when none does. */
  leaderOf(partition: TopicPartition): Promise<string>;
  /** As `leaderOf`, from what is known, without a request; undefined when no broker leads the partition. */
  leaderIfKnown(partition: TopicPartition): string | undefined;
  /** Asks which broker leads what now, of all topics that leaders were asked of. */
  refresh(): Promise<void>;
  /** General questions go to another broker from now on. */
  turn(): void;
  /** Ends every connection; none is opened after it. */
  close(): void;
}

export interface ClusterOptions {
  readonly seeds: readonly Address[];
  readonly createBroker: (address: Address) => Broker;
  /** Topics whose leaders are always asked about, also where one of them is deleted. */
  readonly subscribed: readonly string[];
}

/** The leaders of the topics that are in use, as the newest metadata has them. */
interface TopicLeaders {
  /** Topics that leaders were asked of, and that are there. */
  readonly inUse: Set<string>;
  of(partition: TopicPartition): string | undefined;
  note(topics: readonly TopicMetadata[]): void;
}

/** Invariant: `leaders` is what the newest metadata says of each topic; `subscribed` are in use though they are deleted. */
function createTopicLeaders(subscribed: readonly string[]): TopicLeaders {
  const inUse = new Set(subscribed);
  const leaders = new Map<string, ReadonlyMap<number, string>>();

  return {
    inUse,
    of: ({ topic, partition }) => leaders.get(topic)?.get(partition),
    note(topics) {
      for (const { topic, error, partitions } of topics) {
        const led = partitions.filter(({ leader }) => leader >= 0);
        leaders.set(topic, new Map(led.map(({ partition, leader }) => [partition, String(leader)])));
        if (error === null || failureOf(error).code !== "topic_unknown") continue;
        leaders.delete(topic);
        if (!subscribed.includes(topic)) inUse.delete(topic);
      }
    },
  };
}

/** Brokers by their addresses. */
interface Links {
  to(address: Address): Broker;
  /** Closes all others. */
  keep(addresses: readonly Address[]): void;
  /** Closes all, and each that is asked for afterwards. */
  close(): void;
}

/** Invariant: `links` has one broker for each address, which is not closed unless all are. */
function createLinks(createBroker: (address: Address) => Broker): Links {
  const links = new Map<string, Broker>();
  let closed = false;

  return {
    to(address) {
      const name = nameOfAddress(address);
      const link = links.get(name) ?? createBroker(address);
      if (closed) link.close();
      links.set(name, link);
      return link;
    },
    keep(addresses) {
      const kept = new Set(addresses.map(nameOfAddress));
      for (const [name, link] of links) {
        if (kept.has(name)) continue;
        link.close();
        links.delete(name);
      }
    },
    close() {
      closed = true;
      for (const link of links.values()) link.close();
    },
  };
}

/**
 * Invariant: `nodes` are the brokers that the newest metadata names; of others none is connected but the one that told.
 * `asked` is null before the first broker answered, and after `turn`; `turns` says with which of the brokers the search begins.
 */
export function createCluster({ seeds, createBroker, subscribed }: ClusterOptions): Cluster {
  const links = createLinks(createBroker);
  const leaders = createTopicLeaders(subscribed);
  let nodes: ReadonlyMap<string, Address> = new Map();
  let asked: Promise<Broker> | null = null;
  let turns = 0;

  const any = (): Promise<Broker> => {
    if (asked) return asked;
    const known = new Map([...nodes.values(), ...seeds].map((address) => [nameOfAddress(address), address]));
    const ring = [...known.values()];
    const first = turns % ring.length;
    const found = firstToAnswer([...ring.slice(first), ...ring.slice(0, first)].map(links.to));
    asked = found;
    found.catch(() => {
      if (asked === found) asked = null;
    });
    return found;
  };

  const metadata = createSharedQuestion(async (topics) => {
    const told = await any();
    const version = (await told.speaks(metadataWithIds)) ? metadataWithIds : metadataByName;
    const found = await told.send(metadataRequest(version, topics));
    if (found.brokers.length > 0) {
      nodes = new Map(found.brokers.map(({ nodeId, host, port }) => [String(nodeId), { host, port }]));
    }
    links.keep([...nodes.values(), told.address]);
    leaders.note(found.topics);
    return found;
  });

  const broker = (nodeId: string): Broker => {
    const address = nodes.get(nodeId);
    if (!address) throw unavailable(`the broker ${nodeId} is not there now`);
    return links.to(address);
  };

  return {
    any,
    broker,
    metadata,
    leaderIfKnown: leaders.of,
    controller: async () => broker(String((await metadata([])).controllerId)),
    async coordinator(groupId) {
      const { host, port } = await (await any()).send(findCoordinator({ key: groupId, keyType: 0 }));
      return links.to({ host, port });
    },
    async leaderOf(partition) {
      const { topic } = partition;
      leaders.inUse.add(topic);
      const known = leaders.of(partition);
      if (known !== undefined) return known;
      const found = (await metadata([topic])).topics.find((one) => one.topic === topic);
      if (found?.error) throw found.error;
      const leader = leaders.of(partition);
      if (leader === undefined) throw unavailable(`no broker leads ${nameOf(partition)} now`);
      return leader;
    },
    refresh: async () => void (await metadata([...leaders.inUse])),
    turn() {
      asked = null;
      turns += 1;
    },
    close: links.close,
  };
}

/** How long a topic that was made a moment ago may be unknown to a broker. One that is unknown for longer is not there. */
export const newTopicForMs = 3000;

/** After a failure: asks another broker which broker leads what now. */
export async function recover(cluster: Pick<Cluster, "refresh" | "turn">): Promise<void> {
  cluster.turn();
  // A broker that is not back yet is found at the next attempt.
  await cluster.refresh().catch(() => undefined);
}

/** Waits for so long at most: what is not over then goes on by itself. That it fails is not told. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await answeredWithin(ms, () => work).catch(() => undefined);
}

/**
 * What the answer is; rejects, with what may be tried again, where there is none in so long. The signal fires then: what is given
 * up is not to be asked again behind the back of whatever is asked next.
 */
export async function answeredWithin<Answer>(
  ms: number,
  ask: (givenUp: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const [over, givenUp] = [new AbortController(), new AbortController()];
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    givenUp.abort();
    throw unavailable(`no answer within ${ms} ms`);
  });
  late.catch(() => undefined);
  return Promise.race([ask(givenUp.signal), late]).finally(() => over.abort());
}

/** How long something is tried. */
export interface Patience {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Does what only reads, again and again until it succeeds, fails for good, or the time is over. The time starts again with the
 * first failure: a connection that brings no answer may have taken all of it for itself. A topic that is unknown is asked for
 * again too, for `newTopicForMs` at most. Throws `closed` once the signal is aborted.
 */
export async function retryOn<Answer>(
  cluster: Pick<Cluster, "refresh" | "turn">,
  { withinMs, signal }: Patience,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  let failed: { readonly firstMs: number } | null = null;
  const mayRetry = (caught: unknown, pauseMs: number) => {
    const nowMs = performance.now();
    failed = { firstMs: failed?.firstMs ?? nowMs };
    const { retryable, code } = failureOf(caught);
    const longestMs = code === "topic_unknown" ? Math.min(withinMs, newTopicForMs) : withinMs;
    return (retryable || code === "topic_unknown") && nowMs + pauseMs <= failed.firstMs + longestMs;
  };
  const checkOpen = () => {
    if (signal?.aborted) throw new KeylineError("closed", "the transport is closed");
  };
  try {
    return await retry({ firstPauseMs: 50, longestPauseMs: 1000, mayRetry, ...(signal && { signal }) }, async () => {
      checkOpen();
      if (failed) await recover(cluster);
      return attempt();
    });
  } catch (caught) {
    if (failureOf(caught).retryable) checkOpen();
    throw caught;
  }
}
