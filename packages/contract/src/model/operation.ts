import type { ContractOperation } from "../contract.js";
import { deref, follow } from "../refs/resolve.js";
import { entries, entry, items, type MapNode, type SourceNode, text } from "../source/tree.js";
import type { ChannelPart, ReadChannel } from "./channel.js";
import type { Reading } from "./document.js";
import { applyTraits } from "./traits.js";

/** An operation on a Kafka channel with the node that it was read from. */
export interface ReadOperation {
  readonly operation: ContractOperation;
  readonly node: MapNode;
}

/** A channel of the document, and the channel of the contract that it is part of. */
interface Target {
  readonly part: ChannelPart;
  readonly channel: ReadChannel;
}

const operationMessages = (reading: Reading, node: MapNode, { part, channel }: Target): readonly string[] => {
  const listed = deref(reading.files, entry(node, "messages"));
  const own = part.messages.map(({ source }) => source);
  const wanted = new Set(listed?.kind === "list" ? items(listed).map((item) => deref(reading.files, item)) : own);
  return channel.messages.filter(({ source }) => wanted.has(source)).map(({ message }) => message.id);
};

/** The one group that a `groupId` schema allows, or that is named in its place, else null. */
const onlyGroup = (reading: Reading, node: MapNode): string | null => {
  const schema = follow(reading.files, node, "bindings", "kafka", "groupId");
  const allowed = items(entry(schema, "enum"));
  return text(schema) ?? text(entry(schema, "const")) ?? (allowed.length === 1 ? text(allowed[0]) : null);
};

const readMapOperation = (
  reading: Reading,
  id: string,
  node: MapNode,
  targets: ReadonlyMap<SourceNode, Target>,
): ReadOperation | null => {
  const action = text(entry(node, "action"));
  const at = follow(reading.files, node, "channel");
  const target = at ? targets.get(at) : undefined;
  if (!target || (action !== "send" && action !== "receive")) return null;
  const operation: ContractOperation = {
    id,
    action,
    channel: target.channel.channel.id,
    messages: operationMessages(reading, node, target),
    app: text(entry(node, "x-app")) || null,
    groupId: onlyGroup(reading, node),
    title: text(entry(node, "title")),
    summary: text(entry(node, "summary")),
    description: text(entry(node, "description")),
    position: node.label,
  };
  return { operation, node };
};

/** Reads the operations on Kafka channels, in the order of the document. */
export const readOperations = (reading: Reading, channels: readonly ReadChannel[]): readonly ReadOperation[] => {
  const byNode = new Map<SourceNode, Target>(
    channels.flatMap((channel) => channel.parts.map((part) => [part.node, { part, channel }] as const)),
  );
  return entries(follow(reading.files, reading.root, "operations")).flatMap(([id, written]) => {
    const node = deref(reading.files, written);
    if (node?.kind !== "map") return [];
    const labelled = { ...applyTraits(reading.files, node), label: written.label };
    return readMapOperation(reading, id, labelled, byNode) ?? [];
  });
};
