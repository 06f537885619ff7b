import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { ReadOperation } from "../model/operation.js";
import { deref, follow } from "../refs/resolve.js";
import { entry, items, placeOf, type SourceNode, text } from "../source/tree.js";

const keywords = [
  "type",
  "enum",
  "const",
  "pattern",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "format",
  "minLength",
  "maxLength",
];

const isStringSchema = (reading: Reading, node: SourceNode): boolean => {
  const schema = deref(reading.files, node);
  if (schema?.kind === "scalar") return schema.value === true;
  if (!keywords.some((keyword) => entry(schema, keyword))) return false;
  const type = deref(reading.files, entry(schema, "type"));
  const types = type?.kind === "list" ? items(type).map(text) : [text(type)];
  const values = [entry(schema, "const") ?? [], items(entry(schema, "enum"))].flat();
  return (!type || types.includes("string")) && values.every((value) => text(value) !== null);
};

const bindingNames = ["groupId", "clientId"] as const;

const checkBindingName = (
  reading: Reading,
  { operation, node }: ReadOperation,
  name: (typeof bindingNames)[number],
) => {
  const at = entry(follow(reading.files, node, "bindings", "kafka"), name);
  if (!at || isStringSchema(reading, at)) return;
  const plain = text(at);
  reading.reporter.report("group-id-schema", placeOf(at), {
    message: `the ${name} of operation ${operation.id} is ${plain === null ? "not a schema for strings" : "a text where a schema belongs"}`,
    fix: `write ${name}: { type: string, const: ${JSON.stringify(plain ?? operation.app ?? "NAME")} }`,
  });
};

const checkApp = (reading: Reading, { operation }: ReadOperation) => {
  if (operation.app !== null) return;
  reading.reporter.report("app-missing", operation.position, {
    message: `operation ${operation.id} does not say which application does it`,
    fix: "add x-app with the application's name",
  });
};

/** Checks the operations on Kafka channels. */
export const checkOperations = (
  reading: Reading,
  channels: readonly ReadChannel[],
  operations: readonly ReadOperation[],
): void => {
  for (const operation of operations) {
    for (const name of bindingNames) checkBindingName(reading, operation, name);
    checkApp(reading, operation);
  }
  const first = channels[0];
  if (operations.length > 0 || !first) return;
  const at = entry(reading.root, "channels");
  reading.reporter.report("operations-missing", at?.label ?? first.channel.position, {
    message: "no operation says which apps send and receive the messages",
    fix: "add operations with action: send and action: receive",
  });
};
