import { checkFormats, type MessageDescriptor, type TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { type RecordPosition, safeHooks } from "../hooks.js";
import { checkNames, type NamesOf } from "../known-names.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { Headers } from "../ports/transport.js";
import { addressOf } from "../topic-address.js";
import { outgoingOf, type SendingOptions } from "./caller-send.js";
import { behindFailure, type ChainLink } from "./chain.js";
import { createConnection } from "./connection.js";
import { createIntake } from "./intake.js";
import { createKeyMemory } from "./key-memory.js";
import { type Outgoing, orderKeyOf, requestOf } from "./outgoing.js";
import type { PreparedEvent } from "./prepare.js";
import { tracedSend } from "./traced-send.js";
import type { ProducerOptions, Sent } from "./types.js";
import { bytesOf } from "./write-request.js";
import { createWriter, type Writer } from "./writer.js";

/** An event that an outbox publishes: prepared and caused before. */
export interface PreparedSend {
  readonly topic: TopicDescriptor;
  readonly message: MessageDescriptor;
  readonly prepared: PreparedEvent;
  readonly causes: readonly RecordPosition[];
  readonly clusterId: string;
  readonly trace: TraceHeaders | null;
  /** Causes that count on any cluster. Default none. */
  readonly after?: readonly RecordPosition[];
  readonly headers: Headers;
  /** Default the producer's. */
  readonly source?: string;
  /** Its id where the contract has none; default one that is made as it leaves. */
  readonly recordId?: string;
  /** Of the topic's address. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Its place among events of its key that must not go when an earlier one failed. Default it goes then. */
  readonly link?: ChainLink;
}

/** The part of a producer that other parts of the runtime use. */
export interface ProducerCore {
  connect(): Promise<void>;
  send(topic: TopicDescriptor, message: MessageDescriptor, input: unknown, options?: SendingOptions): Promise<Sent>;
  sendPrepared(event: PreparedSend): Promise<Sent>;
  /** How much of a batch the event takes at most. */
  sizeOf(event: PreparedSend): number;
  readonly writer: Writer;
  /** Another process may have written this lane, or any: asks for the logs' ends and forgets the keys. */
  refreshLane(partition: number | null): Promise<void>;
  /** Asks again about topics whose partition count was wrong: it may have been put right since. */
  recheckCounts(): Promise<void>;
  /** The cluster's id; null before the first connection stands. */
  clusterId(): string | null;
  flush(): Promise<void>;
  close(timeoutMs: number): Promise<void>;
}

/** @see ProducerCore */
export function createProducerCore(topics: readonly TopicDescriptor[], options: ProducerOptions): ProducerCore {
  checkFormats(topics);
  checkNames("cannot create a producer", options, names);
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
    recheckCounts: connection.recheckCounts,
    clusterId: connection.clusterId,
    flush: intake.flush,
    close: intake.close,
    send: (topic, message, input, sendOptions = {}) =>
      rejecting(() => intakeSend(outgoingOf(topic, message, input, sendOptions, clock()))),
    sendPrepared: (event) => unlessStopped(event.link, () => rejecting(() => intakeSend(preparedOutgoing(event)))),
    sizeOf: (event) =>
      bytesOf(
        requestOf(preparedOutgoing(event), { source, clusterId: event.clusterId, partition: 0, known: () => [] }),
      ),
  };
}

/** Whatever fails on its way stops the later events of its chain. */
function unlessStopped(link: ChainLink | undefined, start: () => Promise<Sent>): Promise<Sent> {
  if (!link) return start();
  const failure = link.stopped();
  if (failure) return Promise.reject(behindFailure(failure));
  return start().catch((caught: unknown) => {
    const error = KeylineError.from(caught, "outcome_unknown", "cannot publish a stored event");
    link.fail(error);
    throw error;
  });
}

/** As an async function would, without the cost of one. */
function rejecting(start: () => Promise<Sent>): Promise<Sent> {
  try {
    return start();
  } catch (caught) {
    return Promise.reject(caught);
  }
}

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

function preparedOutgoing(event: PreparedSend): Outgoing {
  const { topic, message, prepared, headers } = event;
  return {
    topic,
    address: addressOf(topic, event.parameters ?? {}),
    message,
    prepared,
    orderKey: orderKeyOf(topic, prepared),
    trace: event.trace,
    isStored: true,
    after: event.after ?? [],
    handled: event,
    headers,
    ...(event.source === undefined ? {} : { source: event.source }),
    ...(event.recordId === undefined ? {} : { recordId: event.recordId }),
    ...(event.link ? { link: event.link } : {}),
  };
}
