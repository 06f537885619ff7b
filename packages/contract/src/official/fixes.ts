import { nearest, ownValue } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";
import { deref } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, type SourceNode, text } from "../source/tree.js";
import { versionOf } from "../versions/layout.js";
import { channelFix, messageFix } from "./operation-refs.js";
import { fieldsOf, type ObjectName, objectAt } from "./places.js";
import { allowedIn, emptyIn, missingIn, typesIn, unexpectedIn } from "./words.js";

type Words = Partial<Pick<Diagnostic, "message" | "fix">>;

const asOperation =
  "write it as an operation at the root: operations: { NAME: { action: ..., channel: { $ref: ... } } }";

/** What became of a field that version 2 has, or of one that many look for elsewhere. */
const moved: { readonly [Name in ObjectName]?: { readonly [field: string]: string } } = {
  root: {
    tags: "move it into info",
    externalDocs: "move it into info",
  },
  server: { url: "name it host, without the protocol before it and the path behind it, which is pathname" },
  channel: {
    publish: asOperation,
    subscribe: asOperation,
    message: "write messages: { NAME: ... }, a map of all that the topic carries",
    topic: "write it as address, or as topic below bindings.kafka",
    partitions: "move it below bindings.kafka",
    replicas: "move it below bindings.kafka",
  },
  operation: {
    operationId: "remove it: an operation's id is its name below operations",
    message: "write messages: [ ... ], each a $ref to a message of the operation's channel",
  },
  message: {
    messageId: "remove it: a message's id is its name below messages",
    schemaFormat: "write payload: { schemaFormat: ..., schema: ... }",
    key: "move it below bindings.kafka",
  },
  parameter: { schema: "remove it: a parameter is a text, which enum, default and description say more of" },
  example: {},
};

/** What a field that has to be there may say. */
const examples: { readonly [field: string]: string } = {
  action: "send where the application produces the messages, receive where it consumes them",
  info: "{ title: Orders, version: 1.0.0 }",
  title: "the name of what the document describes",
  version: "the version of the document, e.g. 1.0.0",
  host: "the server's address, e.g. broker.example:9092",
  protocol: "kafka",
  channel: 'a reference to the channel, e.g. { $ref: "#/channels/NAME" }',
  payload: "the example's value",
};

const unexpected = (files: Files, node: SourceNode, field: string): Words => {
  const owner = objectAt(node.path.slice(0, -1), versionOf(files.main.root)?.major);
  const known = owner === null ? [] : fieldsOf(owner);
  const now = owner === null ? undefined : ownValue(moved[owner] ?? {}, field);
  const likely = nearest(field, known, field.length < 6 ? 1 : 2);
  if (now !== undefined) return { fix: now };
  if (likely !== null && likely !== field) return { fix: `name it ${likely}` };
  if (owner === "example")
    return { fix: "put the values of the example below payload, those of its headers below headers" };
  return { fix: "remove it, or begin its name with x-: other fields are not allowed here" };
};

const missing = (field: string): Words => {
  const example = ownValue(examples, field);
  return { fix: example === undefined ? `add ${field}` : `add ${field}: ${example}` };
};

/** Words that other languages have for types. */
const types: { readonly [word: string]: string } = {
  ...{ int: "integer", long: "integer", short: "integer", int32: "integer", int64: "integer", bigint: "integer" },
  ...{ float: "number", double: "number", decimal: "number" },
  ...{ bool: "boolean", list: "array", map: "object", dict: "object", str: "string", text: "string", any: "" },
  ...{ uuid: "string, with format: uuid", date: "string, with format: date", time: "string, with format: time" },
  ...{ datetime: "string, with format: date-time", "date-time": "string, with format: date-time" },
  ...{ timestamp: "string, with format: date-time", email: "string, with format: email" },
};

const notAllowed = (node: SourceNode, allowed: readonly string[]): Words => {
  const name = node.path.at(-1);
  const written = node.kind === "scalar" ? String(node.value) : "";
  if (name === "bindingVersion") return { fix: `write bindingVersion: ${allowed[0]}, or remove it for the latest` };
  if (name === "action") return { fix: `write ${examples.action}` };
  const type = allowed.includes("object") ? ownValue(types, written.toLowerCase()) : undefined;
  if (type === "") return { fix: "remove it: without a type any value is valid" };
  const likely = type ?? nearest(written.toLowerCase(), allowed, 2);
  return { fix: likely === null ? `write one of ${allowed.join(", ")}` : `write ${name ?? "it"}: ${likely}` };
};

/** A name where a reference belongs: the reference, where it names something of the document. */
const referenceTo = (files: Files, node: SourceNode): string | null => {
  const section = node.path.at(-1) === "channel" ? "channels" : node.path.at(-2) === "servers" ? "servers" : null;
  const name = text(node);
  if (section === null || name === null) return null;
  const known = entry(deref(files, entry(files.main.root, section)), name);
  return known ? `{ $ref: ${JSON.stringify(`#/${section}/${name}`)} }` : null;
};

const otherType = (files: Files, node: SourceNode, expected: readonly string[]): Words => {
  const name = node.path.at(-1) ?? "it";
  const reference = referenceTo(files, node);
  if (reference !== null) return { fix: `write ${/^\d+$/.test(name) ? "" : `${name}: `}${reference}` };
  if (node.kind === "scalar" && node.value === null && expected.includes("object"))
    return { fix: `write ${name}: {}, or what belongs there` };
  if (name === "required" && typeof scalarOf(node) === "boolean") return requiredFlag(node);
  if (expected.includes("string") && node.kind === "scalar")
    return { fix: `put it in quotes: ${name}: ${name === "version" ? '"1.0.0"' : JSON.stringify(String(node.value))}` };
  if (expected.includes("object") && node.kind === "list")
    return { fix: `write ${name} as a map by name: ${name}: { NAME: ... }` };
  if (expected.includes("array")) return { fix: `write ${name} as a list: ${name}: [ ... ]` };
  return expected.includes("object")
    ? { fix: `write ${/^\d+$/.test(name) ? "it" : name} as a map` }
    : { fix: `write a value of type ${expected.join(" or ")}` };
};

const scalarOf = (node: SourceNode) => (node.kind === "scalar" ? node.value : undefined);

/** `required: true` in a field's schema, as OpenAPI's parameters and draft 3 have it. */
const requiredFlag = (node: SourceNode): Words => {
  const field = node.path.at(-2) ?? "it";
  const isField = node.path.at(-3) === "properties";
  return {
    fix: isField
      ? `remove it${scalarOf(node) === true ? `, and write required: [${field}] beside properties` : ""}`
      : "write the list of the names of required fields",
  };
};

/** What a list that may not be empty is for. */
const emptyLists: { readonly [field: string]: string } = {
  enum: "list the values that are allowed, or remove enum, which allows any",
};

/** What to do about a finding of the official parser, and in what words it is reported where its own say too little. */
export const fixOf = (files: Files, node: SourceNode, { rule, message }: Diagnostic): Words => {
  if (rule === "asyncapi/asyncapi3-operation-messages-from-referred-channel") return messageFix(files, node);
  if (rule === "asyncapi/asyncapi3-required-operation-channel-unambiguity") return channelFix(files, node);
  const field = unexpectedIn(message);
  if (field !== null) return unexpected(files, node, field);
  const lacking = missingIn(message);
  if (lacking !== null) return missing(lacking);
  const allowed = allowedIn(message);
  if (allowed !== null) return notAllowed(node, allowed);
  const empty = emptyIn(message);
  if (empty !== null) return { fix: ownValue(emptyLists, empty) ?? `put an item into ${empty}, or remove it` };
  const expected = typesIn(message);
  return expected === null ? {} : otherType(files, node, expected);
};
