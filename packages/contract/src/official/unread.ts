// Which parts of a document no generated code depends on.
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
    ...["securitySchemes", "serverVariables", "serverBindings", "replies", "replyAddresses", "tags", "externalDocs"],
  ],
  channelBinding: ["bindingVersion"],
  operationBinding: ["bindingVersion"],
  messageBinding: ["bindingVersion"],
};

/**
 * Objects in which a field that AsyncAPI does not know has no meaning either. Of `info` and of a server what is read is required, so
 * a name that is misspelt for it leaves it missing, which is an error; of `components` it is what something refers to.
 */
const open: readonly ObjectName[] = ["info", "info2", "server", "server2", "components"];

const isUnread = (owner: ObjectName, field: string): boolean => {
  const isKnown = fieldsOf(owner).includes(field);
  if (owner === "bindings") return isKnown && field !== "kafka";
  return (unread[owner]?.includes(field) ?? false) || (open.includes(owner) && !isKnown);
};

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
