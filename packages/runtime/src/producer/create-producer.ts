import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { formatAfter } from "../codec/after.js";
import { encodeEvent } from "../codec/encode.js";
import { header, headerNames } from "../codec/headers.js";
import { descriptorFormat, type MessageDescriptor, type TopicDescriptor, type Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { type RecordPosition, safeHooks } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import { createTopology } from "../topology.js";
import type { Headers } from "../transport.js";
import { addressOf } from "./address.js";
import { currentHandling } from "./handling.js";
import { createKeyMemory } from "./key-memory.js";
import { type PreparedEvent, prepareEvent } from "./prepare.js";
import type { Producer, ProducerOptions, SendOptions, Sent } from "./types.js";
import { createWaitingRoom } from "./waiting-room.js";
import { createWriter, type Writer } from "./writer.js";

/** What is known once the broker answered. */
interface Connection {
  readonly clusterId: string;
}

/** An event that is whole and on its way to its queue. */
interface Outgoing {
  readonly topic: TopicDescriptor;
  readonly address: string;
  readonly message: MessageDescriptor;
  readonly prepared: PreparedEvent;
  readonly orderKey: string | null;
  readonly traceparent: string;
  /** Causes that the caller vouches for. */
  readonly after: readonly RecordPosition[];
  /** Causes that come with the event being handled, and the cluster that they lie on. */
  readonly handled: { readonly causes: readonly RecordPosition[]; readonly clusterId: string } | null;
  readonly headers: Headers;
  readonly signal?: AbortSignal;
}

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
  readonly writer: Writer;
  /** Another process may have written this lane: forgets its keys and asks for its logs' ends. */
  refreshLane(partition: number): Promise<void>;
  flush(): Promise<void>;
  close(timeoutMs: number): Promise<void>;
}

/** Bytes that one entry of `keyline-after` takes beside the topic's name. */
const afterEntryBytes = 32;

/** @see ProducerCore */
export function createProducerCore(topics: readonly TopicDescriptor[], options: ProducerOptions): ProducerCore {
  checkFormats(topics);
  const { transport, source, clock = Date.now, maxQueued = 100_000 } = options;
  const memory = createKeyMemory(options.rememberKeys ?? 10_000);
  const topology = createTopology(transport);
  const hooks = safeHooks(options.hooks);
  const writer = createWriter({
    transport,
    nowMs: clock,
    hooks,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 120_000,
    lingerMs: options.lingerMs ?? 0,
    maxBatchRecords: options.maxBatchRecords ?? 1000,
  });
  const domainTopics = [...new Set(topics.flatMap((topic) => topic.domain?.topics ?? []))];
  let connection: Connection | null = null;
  let connecting: Promise<Connection> | null = null;
  let nextUnkeyed = 0;
  let closed = false;

  const open = async (): Promise<Connection> => {
    await writer.connect();
    const clusterId = await transport.clusterId();
    await topology.load([...new Set(topics.flatMap(addressesOf))]);
    await rememberEnds(null);
    connection = { clusterId };
    return connection;
  };

  const connect = (): Promise<Connection> => {
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

  const write = async (event: Outgoing, { clusterId }: Connection): Promise<Sent> => {
    const { topic, address, prepared, orderKey } = event;
    const { domain } = topic;
    const keyBytes = prepared.key === null ? null : Buffer.from(prepared.key);
    const count = topology.partitionsOf(topic, address);
    const partition = keyBytes && domain ? partitionOf(domain.partitioner, keyBytes, count) : nextUnkeyed++ % count;
    const handled = event.handled?.clusterId === clusterId ? event.handled.causes : [];
    const given = [...handled, ...event.after];
    const encoded = encodeEvent({
      topic,
      message: event.message,
      payload: prepared.payload,
      key: prepared.key,
      id: prepared.id ?? randomUUID(),
      source,
      correlationId: prepared.correlationId,
      traceparent: event.traceparent,
      headers: event.headers,
    });
    const lateHeaders = domain &&
      orderKey !== null && {
        make: (): Headers => {
          const known = memory.causes(orderKey, partition, domain.topics);
          return afterHeaders([...given, ...known], address, partition, domain.topics, clusterId);
        },
        maxBytes: domain.topics.reduce((sum, name) => sum + name.length + afterEntryBytes, 64),
      };
    const position = await writer.write({
      topic: address,
      partition,
      orderKey,
      key: keyBytes,
      value: encoded.value,
      headers: encoded.headers,
      ...(lateHeaders ? { lateHeaders } : {}),
      acknowledged: (acknowledged) => {
        memory.newest(acknowledged);
        if (orderKey !== null) memory.remember(orderKey, acknowledged);
      },
      eventId: prepared.id,
      ...(event.signal ? { signal: event.signal } : {}),
    });
    return { ...position, key: prepared.key, eventId: prepared.id };
  };

  const waitingRoom = createWaitingRoom<Outgoing, Sent>({
    /** Connects, and asks about topics that were not there before: they may have been made since. */
    open: async (events) => {
      await connect();
      const unknown = events.map((event) => event.address).filter((address) => !topology.knows(address));
      if (unknown.length > 0) await topology.load(unknown);
    },
    start: (event) =>
      connection
        ? write(event, connection)
        : Promise.reject(new KeylineError("closed", "the producer is not connected")),
  });

  /** Queues at once when everything is known, else behind what waits for it: call order is kept either way. */
  const queue = (event: Outgoing): Promise<Sent> => {
    if (closed)
      return Promise.reject(new KeylineError("closed", `cannot send to ${event.address}: the producer is closed`));
    if (writer.pending() + waitingRoom.size() >= maxQueued) return Promise.reject(queueFull(event, maxQueued));
    if (connection && topology.knows(event.address) && !waitingRoom.holds(event.orderKey))
      return write(event, connection);
    return waitingRoom.enter(event);
  };

  const flush = async () => {
    await waitingRoom.settled();
    await writer.flush();
  };

  return {
    writer,
    connect: async () => void (await connect()),
    async send(topic, message, input, sendOptions = {}) {
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
        headers: customHeaders(topic, sendOptions.headers ?? {}),
        ...(sendOptions.signal ? { signal: sendOptions.signal } : {}),
      });
    },
    async sendPrepared(event) {
      return queue({
        topic: event.topic,
        address: event.topic.address,
        message: event.message,
        prepared: event.prepared,
        orderKey: orderKeyOf(event.topic, event.prepared),
        traceparent: childTrace(event.traceparent),
        after: [],
        handled: event,
        headers: event.headers,
      });
    },
    async refreshLane(partition) {
      await connect();
      memory.forgetLane(partition);
      await rememberEnds(partition);
    },
    flush,
    async close(timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      await Promise.race([waitingRoom.settled(), sleep(timeoutMs, undefined, { ref: false })]);
      closed = true;
      waitingRoom.leave(new KeylineError("closed", "the producer was closed before it was sent"));
      await writer.close(Math.max(0, deadlineMs - performance.now()));
    },
  };
}

const orderKeyOf = ({ domain }: TopicDescriptor, { key }: PreparedEvent) => (domain ? `${domain.name}:${key}` : null);

const queueFull = ({ address, prepared }: Outgoing, most: number) =>
  new KeylineError("queue_full", `cannot send to ${address}: ${most} events wait already: await earlier sends`, {
    ...(prepared.id ? { eventId: prepared.id } : {}),
  });

/** Makes the typed producer of a contract's topics. */
export function createTopicsProducer<T extends Topics>(topics: T, options: ProducerOptions): Producer<T> {
  const core = createProducerCore(Object.values(topics), options);
  const control = {
    connect: core.connect,
    flush: core.flush,
    close: (closing: { readonly timeoutMs?: number } = {}) => core.close(closing.timeoutMs ?? 30_000),
  };
  const senders = Object.entries(topics).map(([name, topic]) => [name, sendersOf(core, topic)] as const);
  return Object.freeze(Object.assign(Object.fromEntries(senders), control)) as Producer<T>;
}

function sendersOf(core: ProducerCore, topic: TopicDescriptor) {
  const messages = Object.entries(topic.messages);
  const bound = messages.map(([name, message]) => {
    const send = (input: unknown, options?: SendOptions) => core.send(topic, message, input, options);
    return [name, send] as const;
  });
  const only = bound[0];
  return bound.length === 1 && only ? only[1] : Object.freeze(Object.fromEntries(bound));
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

/** At most one entry a topic of this lane, the highest; what lies on the event's own partition is in order by itself. */
function afterHeaders(
  causes: readonly RecordPosition[],
  address: string,
  partition: number,
  topics: readonly string[],
  clusterId: string,
): Headers {
  const highest = new Map<string, RecordPosition>();
  for (const cause of causes) {
    if (cause.topic === address || cause.partition !== partition || !topics.includes(cause.topic)) continue;
    if ((highest.get(cause.topic)?.offset ?? -1) < cause.offset) highest.set(cause.topic, cause);
  }
  const after = formatAfter([...highest.values()]);
  const cluster = header(headerNames.cluster, clusterId);
  return after === null ? [cluster] : [header(headerNames.after, after), cluster];
}

function positionsOf(after: SendOptions["after"]): readonly RecordPosition[] {
  if (after === undefined) return [];
  return "topic" in after ? [after] : after;
}

function customHeaders(topic: TopicDescriptor, headers: Readonly<Record<string, string>>): Headers {
  return Object.entries(headers).map(([name, value]) => {
    if (name.toLowerCase().startsWith("keyline-") || name.toLowerCase() === "content-type") {
      throw new KeylineError("options_invalid", `cannot send to ${topic.address}: header ${name} belongs to Keyline`);
    }
    return header(name, value);
  });
}

/** W3C trace context: the same trace with a span of its own, or a new trace. */
function childTrace(traceparent: string | null): string {
  const parent = traceparent === null ? null : /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent);
  return `00-${parent?.[1] ?? randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-${parent?.[2] ?? "00"}`;
}
