import { randomUUID } from "node:crypto";
import { formatAfter } from "../codec/after.js";
import { encodeEvent } from "../codec/encode.js";
import { header, headerNames } from "../codec/headers.js";
import type { DomainDescriptor, MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { Headers } from "../ports/transport.js";
import type { ChainLink } from "./chain.js";
import type { PreparedEvent } from "./prepare.js";
import type { SendOptions } from "./types.js";
import type { WriteRequest } from "./write-request.js";

/** An event that is whole and on its way to its queue. */
export interface Outgoing {
  readonly topic: TopicDescriptor;
  readonly address: string;
  readonly message: MessageDescriptor;
  readonly prepared: PreparedEvent;
  readonly orderKey: string | null;
  /** The trace that it carries; before its send is traced that of what caused it. Null for none. */
  readonly trace: TraceHeaders | null;
  /** It comes from an outbox. */
  readonly isStored: boolean;
  /** Causes that the caller vouches for. */
  readonly after: readonly RecordPosition[];
  /** Causes that come with the event being handled, and the cluster that they lie on. */
  readonly handled: { readonly causes: readonly RecordPosition[]; readonly clusterId: string } | null;
  readonly headers: Headers;
  /** The publishing service; default the producer's. */
  readonly source?: string;
  /** Its id where the contract has none; default one that is made as it leaves. */
  readonly recordId?: string;
  /** Its place among events of its key that must not go when an earlier one failed. */
  readonly link?: ChainLink;
  readonly signal?: AbortSignal;
}

/** Where an event goes, and what is known there. */
export interface Destination {
  readonly source: string;
  readonly clusterId: string;
  readonly partition: number;
  /** What the producer knows that lies before the next event of the key. */
  known(orderKey: string, partition: number): readonly RecordPosition[];
  readonly acknowledged?: (position: RecordPosition) => void;
}

/** The record of an event. Throws `payload_invalid` for what JSON cannot say. */
export function requestOf(event: Outgoing, destination: Destination): WriteRequest {
  const { topic, address, prepared, orderKey } = event;
  const { source, partition } = destination;
  const encoded = encodeEvent({
    topic,
    message: event.message,
    payload: prepared.payload,
    key: prepared.key,
    id: prepared.id ?? event.recordId ?? randomUUID(),
    source: event.source ?? source,
    correlationId: prepared.correlationId,
    trace: hasTrace(event.headers) ? null : event.trace,
    headers: event.headers,
  });
  return {
    topic: address,
    partition,
    orderKey,
    key: encoded.key,
    value: encoded.value,
    headers: encoded.headers,
    ...(topic.domain && orderKey !== null
      ? { lateHeaders: lateHeadersOf(event, topic.domain, orderKey, destination) }
      : {}),
    ...(destination.acknowledged ? { acknowledged: destination.acknowledged } : {}),
    eventId: prepared.id,
    ...(event.link ? { link: event.link } : {}),
    ...(event.signal ? { signal: event.signal } : {}),
  };
}

/** A trace context that the caller gives stays as it is: none is written beside it. */
const hasTrace = (headers: Headers): boolean => headers.some(([name]) => name === headerNames.traceparent);

function lateHeadersOf(event: Outgoing, domain: DomainDescriptor, orderKey: string, destination: Destination) {
  const { clusterId, partition } = destination;
  const handled = event.handled?.clusterId === clusterId ? event.handled.causes : [];
  return {
    make: (): Headers => {
      const causes: RecordPosition[] = [];
      for (const some of [handled, event.after, destination.known(orderKey, partition)]) {
        for (const cause of some) {
          // What lies on the event's own partition is in order by itself.
          if (cause.topic === event.address || cause.partition !== partition) continue;
          if (domain.topics.includes(cause.topic)) causes.push(cause);
        }
      }
      return afterHeaders(causes, clusterId);
    },
    maxBytes: afterBytes(domain),
  };
}

/** At most one entry a topic, the highest. */
function afterHeaders(causes: readonly RecordPosition[], clusterId: string): Headers {
  const after = formatAfter(causes);
  const cluster = clusterHeader(clusterId);
  return after === null ? [cluster] : [header(headerNames.after, after), cluster];
}

// Invariant: `lastCluster` is the header for `lastClusterId`.
let lastCluster: Headers[number] | null = null;
let lastClusterId = "";

/** Made once: a process mostly writes to one cluster. */
function clusterHeader(clusterId: string): Headers[number] {
  if (lastCluster === null || clusterId !== lastClusterId) {
    lastCluster = header(headerNames.cluster, clusterId);
    lastClusterId = clusterId;
  }
  return lastCluster;
}

/** Bytes that one entry of `keyline-after` takes beside the topic's name. */
const afterEntryBytes = 32;
/** Bytes of the headers' names and the cluster's id. */
const aroundAfterBytes = 64;

const afterBytesOf = new WeakMap<DomainDescriptor, number>();

/** What the headers about causes take at most. */
function afterBytes(domain: DomainDescriptor): number {
  const known = afterBytesOf.get(domain);
  if (known !== undefined) return known;
  const bytes = domain.topics.reduce((sum, name) => sum + name.length + afterEntryBytes, aroundAfterBytes);
  afterBytesOf.set(domain, bytes);
  return bytes;
}

/** What keeps an event in order among others; null where nothing does. */
export const orderKeyOf = ({ domain }: TopicDescriptor, { key }: PreparedEvent): string | null =>
  domain ? `${domain.name}:${key}` : null;

/** The positions that a caller passes. */
export function positionsOf(after: SendOptions["after"]): readonly RecordPosition[] {
  if (after === undefined) return [];
  return "topic" in after ? [after] : after;
}

/** The headers that a caller adds. Throws `options_invalid` for names that are Keyline's. */
export function customHeaders(topic: TopicDescriptor, headers: Readonly<Record<string, string>>): Headers {
  return Object.entries(headers).map(([name, value]) => {
    if (name.toLowerCase().startsWith("keyline-") || name.toLowerCase() === "content-type") {
      throw new KeylineError("options_invalid", `cannot send to ${topic.address}: header ${name} belongs to Keyline`);
    }
    return header(name, value);
  });
}
