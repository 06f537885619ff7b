import type { Json } from "@keyline/json-schema";
import type { ContractChannel, ContractParameter, Wire } from "../contract.js";
import { deref, follow } from "../refs/resolve.js";
import { entries, entry, items, type MapNode, number, type SourceNode, text, toJson } from "../source/tree.js";
import type { Reading } from "./document.js";
import { isKafkaChannel } from "./kafka.js";
import { type ReadMessage, readMessage } from "./message.js";

/** A channel of the document with its own messages. */
export interface ChannelPart {
  readonly node: MapNode;
  readonly messages: readonly ReadMessage[];
}

/** A Kafka channel with the nodes that it was read from; its domain is not known yet. */
export interface ReadChannel extends ChannelPart {
  /** The address is null where it is known at run time only. */
  readonly channel: Omit<ContractChannel, "domain" | "wire" | "address"> & { readonly address: string | null };
  readonly kafka: SourceNode | null;
  /** Every channel of the document that it stands for: several where they have the same topic. */
  readonly parts: readonly ChannelPart[];
}

const readParameter = (reading: Reading, name: string, written: SourceNode): ContractParameter => {
  const node = deref(reading.files, written);
  return {
    name,
    description: text(entry(node, "description")),
    enum: items(entry(node, "enum")).flatMap((item) => text(item) ?? []),
    default: text(entry(node, "default")),
  };
};

/** The names of the parameters in an address, each once. */
export const namesInAddress = (address: string): readonly string[] => [
  ...new Set([...address.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name)),
];

/** The parameters of a topic: those that the channel declares, and those that only its address names. */
const readParameters = (reading: Reading, node: MapNode, address: string | null): readonly ContractParameter[] => {
  const declared = entries(follow(reading.files, node, "parameters")).map(([name, one]) =>
    readParameter(reading, name, one),
  );
  if (address === null) return declared;
  const names = namesInAddress(address);
  const undeclared = names.filter((name) => declared.every((one) => one.name !== name));
  return [
    ...declared.filter(({ name }) => names.includes(name)),
    ...undeclared.map((name) => ({ name, description: null, enum: [], default: null })),
  ];
};

const readTopicConfiguration = (reading: Reading, kafka: SourceNode | null): { readonly [name: string]: Json } =>
  Object.fromEntries(
    entries(follow(reading.files, kafka, "topicConfiguration")).map(([key, value]) => [key, toJson(value)]),
  );

/** The topic; an address that is left out is the channel's id, one that is null or empty is known at run time only. */
const addressOf = (id: string, node: MapNode, kafka: SourceNode | null): string | null => {
  const written = entry(kafka, "topic") ?? entry(node, "address");
  return written ? text(written) || null : id;
};

/** The messages of a channel; one that several of its references lead to under one name is there once. */
const readMessages = (reading: Reading, node: MapNode): readonly ReadMessage[] => {
  const all = entries(follow(reading.files, node, "messages")).flatMap(
    ([key, message]) => readMessage(reading, key, message) ?? [],
  );
  const isSame = (one: ReadMessage, other: ReadMessage) =>
    one.source === other.source && one.message.name === other.message.name;
  return all.filter((one) => all.find((other) => isSame(one, other)) === one);
};

const readMapChannel = (reading: Reading, id: string, node: MapNode, written: SourceNode): ReadChannel => {
  const { files } = reading;
  const kafka = follow(files, node, "bindings", "kafka");
  const messages = readMessages(reading, node);
  const address = addressOf(id, node, kafka);
  const channel = {
    id,
    address,
    title: text(entry(node, "title")),
    summary: text(entry(node, "summary")),
    description: text(entry(node, "description")),
    parameters: readParameters(reading, node, address),
    partitions: number(entry(kafka, "partitions")),
    replicas: number(entry(kafka, "replicas")),
    topicConfiguration: readTopicConfiguration(reading, kafka),
    messages: messages.map(({ message }) => message),
    position: written.label,
  };
  return { channel, node, kafka, messages, parts: [{ node, messages }] };
};

/** Reads the Kafka channels of a document, in its order. */
export const readChannels = (reading: Reading): readonly ReadChannel[] =>
  entries(follow(reading.files, reading.root, "channels")).flatMap(([id, written]) => {
    const node = deref(reading.files, written);
    if (node?.kind !== "map" || !isKafkaChannel(reading, node)) return [];
    return [readMapChannel(reading, id, node, written)];
  });

const wires: ReadonlySet<string> = new Set<Wire>(["plain", "cloudevents"]);

const isWire = (value: string): value is Wire => wires.has(value);

/** What `x-wire` says on a channel or at the root, where it says something known. */
export const readWire = (node: SourceNode): Wire | null => {
  const value = text(entry(node, "x-wire"));
  return value !== null && isWire(value) ? value : null;
};
