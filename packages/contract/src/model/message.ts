import { parsePointer } from "@keyline/json-schema";
import type { ContractExample, ContractMessage, CorrelationLocation } from "../contract.js";
import { deref, follow, refText, resolveRef, type Target } from "../refs/resolve.js";
import { boolean, entries, entry, items, type MapNode, type SourceNode, text, toJson } from "../source/tree.js";
import type { Reading } from "./document.js";
import { applyTraits } from "./traits.js";

/** A message with the nodes that it was read from. */
export interface ReadMessage {
  readonly message: ContractMessage;
  readonly node: MapNode;
  /** The component's node as the document has it, for comparing references. */
  readonly source: SourceNode;
  readonly payload: SourceNode | undefined;
  readonly headers: SourceNode | undefined;
  /** The schema of the Kafka message binding's key. */
  readonly key: SourceNode | undefined;
}

/** The schemas of a message. */
export const schemaNodes = ({ payload, headers, key }: ReadMessage): readonly SourceNode[] =>
  [payload, headers, key].filter((node) => node !== undefined);

const expression = /^\$message\.(header|payload)#(.*)$/s;

/** The place that a runtime expression names, or null where it is malformed. */
export const parseLocation = (written: string): CorrelationLocation | null => {
  const [, where, pointer] = expression.exec(written) ?? [];
  const path = pointer === undefined ? null : parsePointer(pointer);
  return path === null ? null : { in: where === "header" ? "header" : "payload", path };
};

const componentOf = ({ files, root }: Reading, node: SourceNode): string | null => {
  const components = follow(files, root, "components", "messages");
  const seen = new Set<SourceNode>();
  for (let at: SourceNode | null = node; at && !seen.has(at); ) {
    seen.add(at);
    const here: SourceNode = at;
    const named = entries(components).find(([, message]) => message === here);
    if (named) return named[0];
    const ref = refText(at);
    const target: Target | null = ref === null ? null : resolveRef(files, at.file, ref);
    at = target?.kind === "node" ? target.node : null;
  }
  return null;
};

const readExample = (node: SourceNode): ContractExample => {
  const payload = entry(node, "payload");
  const headers = entry(node, "headers");
  return {
    name: text(entry(node, "name")),
    summary: text(entry(node, "summary")),
    payload: payload && toJson(payload),
    headers: headers && toJson(headers),
    position: node.position,
  };
};

const readCorrelation = (reading: Reading, node: MapNode): CorrelationLocation | null => {
  const location = text(follow(reading.files, node, "correlationId", "location"));
  return location === null ? null : parseLocation(location);
};

const nonEmpty = (value: string | null) => (value === "" ? null : value);

const readMapMessage = (reading: Reading, id: string, written: SourceNode, source: MapNode): ReadMessage => {
  const { files, schemas } = reading;
  const node = applyTraits(files, source);
  const component = componentOf(reading, written);
  const payload = entry(node, "payload");
  const headers = entry(node, "headers");
  const key = entry(follow(files, node, "bindings", "kafka"), "key");
  const message: ContractMessage = {
    id,
    name: nonEmpty(text(entry(node, "name"))) ?? component ?? id,
    component,
    title: text(entry(node, "title")),
    summary: text(entry(node, "summary")),
    description: text(entry(node, "description")),
    deprecated: boolean(entry(node, "deprecated")) ?? false,
    payload: schemas.schema(payload),
    headers: headers ? schemas.schema(headers) : null,
    correlation: readCorrelation(reading, node),
    keySchema: key ? schemas.schema(key) : null,
    examples: items(deref(files, entry(node, "examples"))).map(readExample),
    position: source.label,
  };
  return { message, node, source, payload, headers, key };
};

/** Reads a message of a channel, with its traits; null where its `$ref` leads nowhere. */
export const readMessage = (reading: Reading, id: string, written: SourceNode): ReadMessage | null => {
  const source = deref(reading.files, written);
  return source?.kind === "map" ? readMapMessage(reading, id, written, source) : null;
};
