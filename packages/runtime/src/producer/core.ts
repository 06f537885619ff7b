import { randomUUID } from "node:crypto";
import { checkFormats, type MessageDescriptor, type TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { type RecordPosition, safeHooks } from "../hooks.js";
import { checkNames, type NamesOf } from "../known-names.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { Headers } from "../ports/transport.js";
import { addressOf } from "../topic-address.js";
import { createConnection } from "./connection.js";
import { currentHandling } from "./handling.js";
import { createIntake } from "./intake.js";
import { createKeyMemory } from "./key-memory.js";
import { customHeaders, type Outgoing, orderKeyOf, positionsOf, requestOf } from "./outgoing.js";
import { type PreparedEvent, prepareEvent } from "./prepare.js";
import { tracedSend } from "./traced-send.js";
import type { ProducerOptions, SendOptions, Sent } from "./types.js";
import { bytesOf } from "./write-request.js";
import { createWriter, type Writer } from "./writer.js";

/** An event that a projection's outbox publishes: prepared and caused before. */
export interface PreparedSend {
  readonly topic: TopicDescriptor;
  readonly message: MessageDescriptor;
  readonly prepared: PreparedEvent;
  readonly causes: readonly RecordPosition[];
  readonly clusterId: string;
  readonly trace: TraceHeaders | null;
  readonly headers: Headers;
}

type SendingOptions = SendOptions & { readonly parameters?: Readonly<Record<string, string>> };

/** The part of a producer that other parts of the runtime use. */
export interface ProducerCore {
  connect(): Promise<void>;
  send(topic: TopicDescriptor, message: MessageDescriptor, input: unknown, options?: SendingOptions): Promise<Sent>;
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
  checkNames("cannot make a producer", options, names);
  const { transport, source, clock = Date.now } = options;
  const memory = createKeyMemory(options.rememberKeys ?? 10_000);
  const hooks = safeHooks(options.hooks);
  const writer = createWriter({
    transport,
    nowMs: clock,
    hooks,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 120_000,
    lingerMs: options.lingerMs ?? 0,
    maxBatchRecords: options.maxBatchRecords ?? 1000,
  });
  const connection = createConnection({ transport, writer, topics, memory, hooks });
  const intake = createIntake({ source, memory, writer, connection, maxQueued: options.maxQueued ?? 100_000 });
  const intakeSend = options.tracing ? tracedSend(options.tracing, intake.send) : intake.send;

  return {
    writer,
    connect: connection.connect,
    refreshLane: connection.refreshLane,
    flush: intake.flush,
    close: intake.close,
    send: (topic, message, input, sendOptions = {}) =>
      rejecting(() => intakeSend(outgoingOf(topic, message, input, sendOptions, clock))),
    sendPrepared: (event) => rejecting(() => intakeSend(preparedOutgoing(event))),
    sizeOf: (event) =>
      bytesOf(
        requestOf(preparedOutgoing(event), { source, clusterId: event.clusterId, partition: 0, known: () => [] }),
      ),
  };
}

/** As an async function would, without the cost of one. */
function rejecting(start: () => Promise<Sent>): Promise<Sent> {
  try {
    return start();
  } catch (caught) {
    return Promise.reject(caught);
  }
}

/** What a caller sends, made whole: with what the event that is being handled passes on. */
function outgoingOf(
  topic: TopicDescriptor,
  message: MessageDescriptor,
  input: unknown,
  options: SendingOptions,
  clock: () => number,
): Outgoing {
  checkOptions(topic, options);
  const handling = currentHandling();
  const prepared = prepareEvent(topic, message, input, {
    id: randomUUID,
    correlationId: handling?.correlationId ?? null,
    timeMs: clock(),
  });
  return {
    topic,
    address: addressOf(topic, options.parameters ?? {}),
    message,
    prepared,
    orderKey: orderKeyOf(topic, prepared),
    trace: handling?.trace ?? null,
    isStored: false,
    after: positionsOf(options.after),
    handled: handling ?? null,
    headers: options.headers ? customHeaders(topic, options.headers) : [],
    ...(options.signal ? { signal: options.signal } : {}),
  };
}

const sendNames: NamesOf<SendingOptions> = { after: true, headers: true, parameters: true, signal: true };

const names: NamesOf<ProducerOptions> = {
  transport: true,
  source: true,
  rememberKeys: true,
  deliveryTimeoutMs: true,
  lingerMs: true,
  maxBatchRecords: true,
  maxQueued: true,
  hooks: true,
  tracing: true,
  clock: true,
};

/** Callers without types may take one for another, such as a key: what is not known has no effect. */
function checkOptions(topic: TopicDescriptor, options: unknown): void {
  const subject = `cannot send to ${topic.address}`;
  if (typeof options !== "object" || options === null)
    throw new KeylineError("options_invalid", `${subject}: the options are not an object`);
  const derived = Object.keys(options).find((name) => name === "key" || name === "partition");
  if (derived !== undefined)
    throw new KeylineError("options_invalid", `${subject}: there is no option ${derived}: it follows from the event`);
  checkNames(subject, options, sendNames);
}

function preparedOutgoing(event: PreparedSend): Outgoing {
  const { topic, message, prepared, headers } = event;
  return {
    topic,
    address: topic.address,
    message,
    prepared,
    orderKey: orderKeyOf(topic, prepared),
    trace: event.trace,
    isStored: true,
    after: [],
    handled: event,
    headers,
  };
}
