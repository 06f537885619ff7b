import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { descriptorFormat, type MessageDescriptor, type TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { type RecordPosition, safeHooks } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import type { Headers } from "../ports/transport.js";
import { addressOf } from "../topic-address.js";
import { createTopology } from "../topology.js";
import { currentHandling } from "./handling.js";
import { createKeyMemory } from "./key-memory.js";
import { childTrace, customHeaders, type Outgoing, orderKeyOf, positionsOf, requestOf } from "./outgoing.js";
import { type PreparedEvent, prepareEvent } from "./prepare.js";
import type { ProducerOptions, SendOptions, Sent } from "./types.js";
import { createWaitingRoom } from "./waiting-room.js";
import { bytesOf } from "./write-request.js";
import { createWriter, type Writer } from "./writer.js";

/** An event that a projection's outbox publishes: prepared and caused before. */
export interface PreparedSend {
  readonly topic: TopicDescriptor;
  readonly message: MessageDescriptor;
  readonly prepared: PreparedEvent;
  readonly causes: readonly RecordPosition[];
  readonly clusterId: string;
  readonly traceparent: string | null;
  readonly headers: Headers;
}

/** The part of a producer that other parts of the runtime use. */
export interface ProducerCore {
  connect(): Promise<void>;
  send(
    topic: TopicDescriptor,
    message: MessageDescriptor,
    input: unknown,
    options?: SendOptions & { readonly parameters?: Readonly<Record<string, string>> },
  ): Promise<Sent>;
  sendPrepared(event: PreparedSend): Promise<Sent>;
  /** How much of a batch the event takes at most. */
  sizeOf(event: PreparedSend): number;
  readonly writer: Writer;
  /** Another process may have written this lane: asks for its logs' ends and forgets its keys. */
  refreshLane(partition: number): Promise<void>;
  flush(): Promise<void>;
  close(timeoutMs: number): Promise<void>;
}

/** @see ProducerCore */
export function createProducerCore(topics: readonly TopicDescriptor[], options: ProducerOptions): ProducerCore {
  checkFormats(topics);
  const { transport, source, clock = Date.now, maxQueued = 100_000 } = options;
  const memory = createKeyMemory(options.rememberKeys ?? 10_000);
  const topology = createTopology(transport);
  const writer = createWriter({
    transport,
    nowMs: clock,
    hooks: safeHooks(options.hooks),
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 120_000,
    lingerMs: options.lingerMs ?? 0,
    maxBatchRecords: options.maxBatchRecords ?? 1000,
  });
  const domainTopics = [...new Set(topics.flatMap((topic) => topic.domain?.topics ?? []))];
  /** Known once the broker answered. */
  let clusterId: string | null = null;
  let connecting: Promise<void> | null = null;
  let nextUnkeyed = 0;
  let closed = false;

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

  const partitionFor = ({ topic, address, prepared }: Outgoing): number => {
    const count = topology.partitionsOf(topic, address);
    if (!topic.domain || prepared.key === null) return nextUnkeyed++ % count;
    return partitionOf(topic.domain.partitioner, Buffer.from(prepared.key), count);
  };

  const write = (event: Outgoing, clusterId: string): Promise<Sent> => {
    const { prepared, orderKey } = event;
    const acknowledged = (position: RecordPosition) => {
      memory.newest(position);
      if (orderKey !== null) memory.remember(orderKey, position);
    };
    const partition = partitionFor(event);
    const request = requestOf(event, { source, clusterId, partition, known: memory.causes, acknowledged });
    return writer
      .write(request)
      .then(({ topic, offset }) => ({ topic, partition, offset, key: prepared.key, eventId: prepared.id }));
  };

  /** As an async function would, without the cost of one. */
  const rejecting = (start: () => Promise<Sent>): Promise<Sent> => {
    try {
      return start();
    } catch (caught) {
      return Promise.reject(caught);
    }
  };

  const waitingRoom = createWaitingRoom<Outgoing, Sent>({
    /** Connects, and asks about topics that were not there before: they may have been made since. */
    open: async (events) => {
      await connect();
      const unknown = events.map((event) => event.address).filter((address) => !topology.knows(address));
      if (unknown.length > 0) await topology.load(unknown);
    },
    start: async (event) => (clusterId === null ? Promise.reject(closedBefore(event)) : write(event, clusterId)),
  });

  /** Queues at once when everything is known, else behind what waits for it: call order is kept either way. */
  const queue = (event: Outgoing): Promise<Sent> => {
    if (closed) return Promise.reject(closedBefore(event));
    if (writer.pending() + waitingRoom.size() >= maxQueued) return Promise.reject(queueFull(event, maxQueued));
    if (clusterId !== null && topology.knows(event.address) && !waitingRoom.holds(event.orderKey))
      return write(event, clusterId);
    return waitingRoom.enter(event);
  };

  return {
    writer,
    connect,
    send: (topic, message, input, sendOptions = {}) =>
      rejecting(() => {
        const handling = currentHandling();
        const prepared = prepareEvent(topic, message, input, {
          id: randomUUID,
          correlationId: handling?.correlationId ?? null,
          timeMs: clock(),
        });
        return queue({
          topic,
          address: addressOf(topic, sendOptions.parameters ?? {}),
          message,
          prepared,
          orderKey: orderKeyOf(topic, prepared),
          traceparent: childTrace(handling?.traceparent ?? null),
          after: positionsOf(sendOptions.after),
          handled: handling ?? null,
          headers: sendOptions.headers ? customHeaders(topic, sendOptions.headers) : [],
          ...(sendOptions.signal ? { signal: sendOptions.signal } : {}),
        });
      }),
    sendPrepared: (event) => rejecting(() => queue(outgoingOf(event))),
    sizeOf(event) {
      const { clusterId: cluster } = event;
      return bytesOf(requestOf(outgoingOf(event), { source, clusterId: cluster, partition: 0, known: () => [] }));
    },
    async refreshLane(partition) {
      await connect();
      // In this order: what is remembered meanwhile is forgotten too, since the ends may lack in it.
      await rememberEnds(partition);
      memory.forgetLane(partition);
    },
    async flush() {
      await waitingRoom.settled();
      await writer.flush();
    },
    async close(timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      await Promise.race([waitingRoom.settled(), sleep(timeoutMs, undefined, { ref: false })]);
      closed = true;
      waitingRoom.leave(new KeylineError("closed", "the producer was closed before it was sent"));
      await writer.close(Math.max(0, deadlineMs - performance.now()));
    },
  };
}

function outgoingOf(event: PreparedSend): Outgoing {
  const { topic, message, prepared, headers } = event;
  return {
    topic,
    address: topic.address,
    message,
    prepared,
    orderKey: orderKeyOf(topic, prepared),
    traceparent: childTrace(event.traceparent),
    after: [],
    handled: event,
    headers,
  };
}

function checkFormats(topics: readonly TopicDescriptor[]) {
  for (const topic of topics) {
    if (topic.format === descriptorFormat) continue;
    throw new KeylineError(
      "descriptor_format",
      `topic ${topic.address} was generated in format ${topic.format} and this runtime reads ${descriptorFormat}: generate again, or update @keyline/runtime`,
    );
  }
}

const addressesOf = (topic: TopicDescriptor) => [
  ...(topic.parameters.length === 0 ? [topic.address] : []),
  ...(topic.domain?.topics ?? []),
];

const closedBefore = ({ address }: Outgoing) =>
  new KeylineError("closed", `cannot send to ${address}: the producer is closed`);

const queueFull = ({ address, prepared }: Outgoing, most: number) =>
  new KeylineError("queue_full", `cannot send to ${address}: ${most} events wait already: await earlier sends`, {
    ...(prepared.id ? { eventId: prepared.id } : {}),
  });
