import { type CountWatch, createCountWatch } from "../count-watch.js";
import type { TopicDescriptor } from "../descriptor.js";
import { isKeylineError, KeylineError } from "../errors.js";
import type { Hooks } from "../hooks.js";
import type { Transport } from "../ports/transport.js";
import { createTopology, type Topology } from "../topology.js";
import type { KeyMemory } from "./key-memory.js";
import type { Writer } from "./writer.js";

/** What a producer knows of the cluster. */
export interface Connection {
  readonly topology: Topology;
  /** Ticked with what is sent. */
  readonly counts: Pick<CountWatch, "tick">;
  /** The cluster's id; null before the first connection stands. */
  clusterId(): string | null;
  /** Connects once; a connection that failed is tried again by the next call. */
  connect(): Promise<void>;
  /** Connects, and asks about the addresses that the cluster did not have before: they may have been created since. */
  connectFor(addresses: readonly string[]): Promise<void>;
  /** Another process may have written this lane, or any: asks for the logs' ends and forgets the keys. */
  refreshLane(partition: number | null): Promise<void>;
  /** Asks again about topics whose partition count was wrong: it may have been put right since. */
  recheckCounts(): Promise<void>;
}

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly writer: Writer;
  readonly topics: readonly TopicDescriptor[];
  readonly memory: KeyMemory;
  readonly hooks: Hooks;
}

/**
 * Invariant: `clusterId` is set last, when the transport is connected, the topics' partition counts are known and the
 * memory has the newest position of every lane. So an event that is written while `clusterId` is set has a partition and
 * comes after everything that its key had before this producer started. It is never unset.
 */
export function createConnection({ transport, writer, topics, memory, hooks }: ConnectionOptions): Connection {
  const topology = createTopology(transport, topics);
  const nowMs = () => performance.now();
  const counts = createCountWatch({ find: topology.refresh, everyMs: transport.metadataIntervalMs, nowMs, hooks });
  const domainTopics = [...new Set(topics.flatMap((topic) => topic.domain?.topics ?? []))];
  let clusterId: string | null = null;
  let connecting: Promise<void> | null = null;

  /** The newest position of every lane, or of one: what events of keys that are not remembered come after. */
  const rememberEnds = async (lane: number | null) => {
    const counts = await transport.partitionCounts(domainTopics.filter(topology.knows));
    const partitions = [...counts].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })).filter(
        ({ partition }) => lane === null || partition === lane,
      ),
    );
    const ranges = await transport.logRanges(partitions);
    partitions.forEach((partition, index) => {
      const end = ranges[index]?.end ?? 0;
      if (end > 0) memory.newest({ ...partition, offset: end - 1 });
    });
  };

  const open = async () => {
    await writer.connect();
    const id = await transport.clusterId();
    await topology.load([...new Set(topics.flatMap(addressesOf))]);
    await rememberEnds(null);
    clusterId = id;
  };

  const connect = (): Promise<void> => {
    connecting ??= open().catch((caught) => {
      connecting = null;
      throw KeylineError.from(caught, "transport_unavailable", "cannot connect the producer");
    });
    return connecting;
  };

  return {
    topology,
    counts,
    clusterId: () => clusterId,
    connect,
    async connectFor(addresses) {
      await connect();
      const unknown = addresses.filter((address) => !topology.knows(address));
      if (unknown.length > 0) await topology.load(unknown);
    },
    async refreshLane(partition) {
      await connect();
      // In this order: what is remembered meanwhile is forgotten too, since the ends may lack in it.
      await rememberEnds(partition);
      memory.forgetLane(partition);
    },
    async recheckCounts() {
      await connect();
      const wrong = topics.filter((topic) => hasWrongCount(topology, topic)).map(({ address }) => address);
      if (wrong.length > 0) await topology.load(wrong);
    },
  };
}

function hasWrongCount(topology: Topology, topic: TopicDescriptor): boolean {
  try {
    topology.partitionsOf(topic);
    return false;
  } catch (caught) {
    return isKeylineError(caught) && caught.code === "partition_count";
  }
}

const addressesOf = (topic: TopicDescriptor) => [
  ...(topic.parameters.length === 0 ? [topic.address] : []),
  ...(topic.domain?.topics ?? []),
];
