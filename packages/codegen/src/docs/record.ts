import type { ContractDomain, ContractExample } from "@keyline/contract";
import type { Json } from "@keyline/json-schema";
import { canonicalKey, partitionOf } from "@keyline/runtime/tools";
import { envelopeOf } from "../model/envelope.js";
import { sampleOf } from "../model/sample.js";
import type { SchemaGraph } from "../model/schema-graph.js";
import type { MessageNames, TopicNames } from "../names/plan.js";

/** Where what is shown was made up, it is always the same. */
const madeUp = {
  id: "3f0f8a3c-6a4e-4c6b-9d55-0c6ad8f2b7a1",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
  offset: 1041,
  cluster: "MkU3OEVBNTcwNTJENDM2Qk",
};

/** A header of a record, and what it is there for. */
export interface ShownHeader {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** A record as it lies on Kafka. */
export interface ShownRecord {
  /** Null on an unkeyed topic, and where the example has no usable key. */
  readonly key: string | null;
  /** Null where the key or the partition count is not known. */
  readonly partition: number | null;
  readonly headers: readonly ShownHeader[];
  readonly value: Json;
}

/** What a record is shown of. */
export interface Shown {
  readonly topic: TopicNames;
  readonly message: MessageNames;
  readonly domain: ContractDomain | null;
  /** Topics of the domain. */
  readonly addresses: readonly string[];
  readonly source: string;
}

/** The record that the SDK writes for a message's first example, or for a sample where there is none. */
export function recordOf(shown: Shown, resolve: SchemaGraph["resolve"]): ShownRecord {
  const { topic, message, domain } = shown;
  const example = message.message.examples.find(({ payload }) => payload !== undefined);
  const payload = example?.payload ?? sampleOf(message.message.payload, resolve);
  const key = keyOf(payload, message.keyPath, domain);
  const count = topic.channel.partitions;
  const partition = key === null || !domain || !count ? null : partitionOf(domain.partitioner, Buffer.from(key), count);
  const isWrapped = topic.channel.wire === "cloudevents";
  return {
    key,
    partition,
    headers: headersOf(shown, partition, example),
    value: isWrapped ? cloudEvent(shown, payload, key, resolve) : payload,
  };
}

function keyOf(payload: Json, path: readonly string[] | null, domain: ContractDomain | null): string | null {
  if (path === null || domain === null) return null;
  try {
    return canonicalKey(valueAt(payload, path), domain.keyType);
  } catch {
    // An example that does not fit its contract is a finding of `check`, and no reason to have no page.
    return null;
  }
}

const valueAt = (json: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((at, token) => {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return undefined;
    return Object.entries(at).find(([name]) => name === token)?.[1];
  }, json);

function textAt(payload: Json, path: readonly string[] | null): string | null {
  const found = path && valueAt(payload, path);
  return typeof found === "string" ? found : null;
}

function cloudEvent(shown: Shown, payload: Json, key: string | null, resolve: SchemaGraph["resolve"]): Json {
  const { message, source } = shown;
  const envelope = envelopeOf(message, resolve);
  const time = textAt(payload, envelope.time);
  return {
    specversion: "1.0",
    id: textAt(payload, envelope.id) ?? madeUp.id,
    source,
    type: envelope.type?.value ?? message.message.name,
    datacontenttype: "application/json",
    ...(time === null ? {} : { time }),
    ...(key === null ? {} : { partitionkey: key }),
    traceparent: madeUp.traceparent,
    data: payload,
  };
}

function headersOf(
  { topic, message, domain, addresses }: Shown,
  partition: number | null,
  example: ContractExample | undefined,
): readonly ShownHeader[] {
  const { correlation } = message.message;
  const correlationName = correlation?.in === "header" ? correlation.path[0] : undefined;
  const cause = addresses.find((address) => address !== topic.channel.address);
  const contentType = {
    name: "content-type",
    value: "application/cloudevents+json; charset=UTF-8",
    why: "the value is a structured CloudEvent",
  };
  return [
    ...(topic.channel.wire === "cloudevents" ? [contentType] : []),
    { name: "keyline-message", value: message.message.name, why: "which of the contract's messages it is" },
    ...(correlationName === undefined
      ? []
      : [
          {
            name: correlationName,
            value: headerOf(example, correlationName),
            why: "the chain of events it is part of",
          },
        ]),
    { name: "traceparent", value: madeUp.traceparent, why: "W3C trace context, where the event is part of a trace" },
    ...(domain && cause !== undefined && partition !== null
      ? [
          {
            name: "keyline-after",
            value: `${cause}/${partition}@${madeUp.offset}`,
            why: "what it comes after, if anything",
          },
        ]
      : []),
    ...(domain
      ? [{ name: "keyline-cluster", value: madeUp.cluster, why: "the cluster that those positions are of" }]
      : []),
  ];
}

function headerOf(example: ContractExample | undefined, name: string): string {
  const found = example?.headers === undefined ? undefined : valueAt(example.headers, [name]);
  return typeof found === "string" ? found : madeUp.id;
}
