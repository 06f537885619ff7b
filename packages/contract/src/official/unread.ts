// Which parts of a document no generated code depends on.
import { nearest } from "@keyline/json-schema";
import { entries, type SourceNode, text } from "../source/tree.js";
import { likelyField } from "./fixes.js";
import { fieldsOf, type ObjectName, objectAt } from "./places.js";

const words = ["title", "summary", "description", "tags", "externalDocs"];

/**
 * The fields whose values are documentation, or for others than Kafka clients: a wrong value changes no topic, no message,
 * no key and no operation. `info.title` names packages, `info.version` is their version. The page of the rule `asyncapi` lists them.
 */
export const unread: { readonly [Name in ObjectName]?: readonly string[] } = {
  root: ["id", "tags", "externalDocs"],
  root2: ["id", "tags", "externalDocs"],
  info: ["description", "termsOfService", "contact", "license", "tags", "externalDocs"],
  info2: ["description", "termsOfService", "contact", "license"],
  server: [...words, "protocolVersion", "pathname", "variables", "security", "bindings"],
  server2: [...words, "protocolVersion", "variables", "security", "bindings"],
  channel: words,
  channel2: words,
  operation: [...words, "security", "reply"],
  operation2: [...words, "security"],
  message: [...words, "examples"],
  message2: [...words, "examples"],
  messageTrait2: [...words, "examples"],
  parameter: ["description", "examples"],
  parameter2: ["description"],
  components: [
    "securitySchemes",
    "serverVariables",
    "serverBindings",
    "replies",
    "replyAddresses",
    "tags",
    "externalDocs",
  ],
  channelBinding: ["bindingVersion"],
  operationBinding: ["bindingVersion"],
  messageBinding: ["bindingVersion"],
};

const isUnread = (owner: ObjectName, field: string): boolean =>
  owner === "bindings"
    ? field !== "kafka" && fieldsOf(owner).includes(field)
    : (unread[owner]?.includes(field) ?? false);

/** Whether a name is likely to be meant for a field that generated code depends on. */
const isMisspelt = (owner: ObjectName, field: string): boolean =>
  likelyField(
    field,
    fieldsOf(owner).filter((known) => !isUnread(owner, known)),
  ) !== null;

/** Fields that hold a schema, in which any name may stand. */
const schemaFields: ReadonlySet<string> = new Set([
  ...["payload", "headers", "schema", "schemas", "key", "groupId", "clientId"],
]);

/** The path of the outermost part on the way to a place that no generated code depends on; null where there is none. */
export const unreadPart = (path: readonly string[], major: 2 | 3): readonly string[] | null => {
  for (const [index, field] of path.entries()) {
    const owner = objectAt(path.slice(0, index), major);
    if (owner === null) continue;
    if (isUnread(owner, field)) return path.slice(0, index + 1);
    if (schemaFields.has(field)) return null;
  }
  return null;
};

/**
 * Words that decide what is sent where in one object of AsyncAPI, JSON Schema or Keyline or another: a field that has one of
 * them in its name is likely to be meant for something.
 */
const meaningful = [
  ...["publish", "subscribe", "send", "receive", "action", "actions", "operation", "operations", "message", "messages"],
  ...["payload", "payloads", "body", "header", "headers", "schema", "schemas", "content", "encoding", "key", "keys"],
  ...[
    "channel",
    "channels",
    "address",
    "topic",
    "topics",
    "queue",
    "partition",
    "partitions",
    "partitioner",
    "replica",
  ],
  ...[
    "replicas",
    "replication",
    "retention",
    "cleanup",
    "compaction",
    "server",
    "servers",
    "protocol",
    "host",
    "hosts",
  ],
  ...[
    "url",
    "group",
    "consumer",
    "producer",
    "client",
    "correlation",
    "trait",
    "traits",
    "binding",
    "bindings",
    "kafka",
  ],
  ...["parameter", "parameters", "name", "ref", "type", "types", "property", "properties", "required", "items", "enum"],
  ...["const", "default", "format", "pattern", "nullable", "additional", "oneof", "anyof", "allof", "ordering", "wire"],
];

const wordsOf = (field: string): readonly string[] =>
  field
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");

const isMeaningful = (word: string): boolean => nearest(word, meaningful, word.length < 5 ? 0 : 1) !== null;

/** A section of components means nothing by its name: what is in it is used by references to it. */
const isSection = (owner: ObjectName): boolean => owner === "components";

/** The words of a schema of version 2's parameters that restrict what a topic may be called. */
const restricting: ReadonlySet<string> = new Set([
  "enum",
  "const",
  "default",
  "$ref",
  "oneOf",
  "anyOf",
  "allOf",
  "not",
]);

/** Fields of version 2 that say nothing new where a value is as this has it. */
const repeats: { readonly [place: string]: (value: SourceNode, owner: string | undefined) => boolean } = {
  // The name below operations or messages is the id.
  "operation/operationId": (value, owner) => text(value) === owner,
  "message/messageId": (value, owner) => text(value) === owner,
  // A parameter is a text in version 3, and its type is not read in version 2 either.
  "parameter/schema": (value) => value.kind === "map" && entries(value).every(([word]) => !restricting.has(word)),
};

/**
 * Whether an object has a field that AsyncAPI does not know there, and that no generated code can depend on: it is not likely
 * to be misspelt for one that generated code depends on, and its name has no word that has a meaning elsewhere.
 */
export const isIdleField = (value: SourceNode, path: readonly string[], major: 2 | 3): boolean => {
  const field = path.at(-1);
  const owner = objectAt(path.slice(0, -1), major);
  if (owner === null || field === undefined) return false;
  const repeated = repeats[`${owner}/${field}`];
  if (repeated !== undefined) return repeated(value, path.at(-2));
  if (isMisspelt(owner, field)) return false;
  return isSection(owner) || !wordsOf(field).some(isMeaningful);
};
