const fieldsOfTrait2 = [
  ...["messageId", "headers", "correlationId", "schemaFormat", "contentType", "name", "title", "summary"],
  ...["description", "tags", "externalDocs", "bindings", "examples"],
];

const protocols = [
  ...["http", "ws", "amqp", "amqp1", "mqtt", "mqtt5", "kafka", "anypointmq", "nats", "jms", "sns", "sqs", "stomp"],
  ...["redis", "mercure", "ibmmq", "solace", "googlepubsub", "pulsar", "ros2"],
];

/** The objects of AsyncAPI that most is written in, of version 3 and those that version 2 has otherwise, each with the fields that it may have. */
const objects = {
  root: ["asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"],
  info: ["title", "version", "description", "termsOfService", "contact", "license", "tags", "externalDocs"],
  server: [
    ...["host", "protocol", "protocolVersion", "pathname", "description", "title", "summary", "variables", "security"],
    ...["tags", "externalDocs", "bindings"],
  ],
  channel: [
    ...["address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "externalDocs"],
    "bindings",
  ],
  operation: [
    ...["action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings"],
    ...["traits", "messages", "reply"],
  ],
  message: [
    ...["headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags"],
    ...["externalDocs", "bindings", "examples", "traits"],
  ],
  components: [
    ...["schemas", "servers", "channels", "operations", "messages", "securitySchemes", "serverVariables", "parameters"],
    ...["correlationIds", "replies", "replyAddresses", "externalDocs", "tags", "operationTraits", "messageTraits"],
    ...["serverBindings", "channelBindings", "operationBindings", "messageBindings"],
  ],
  bindings: protocols,
  root2: ["asyncapi", "id", "info", "servers", "defaultContentType", "channels", "components", "tags", "externalDocs"],
  info2: ["title", "version", "description", "termsOfService", "contact", "license"],
  server2: ["url", "protocol", "protocolVersion", "description", "variables", "security", "tags", "bindings"],
  channel2: ["description", "servers", "subscribe", "publish", "parameters", "bindings"],
  operation2: [
    ...["operationId", "summary", "description", "tags", "externalDocs", "bindings", "traits", "message", "security"],
  ],
  parameter2: ["description", "schema", "location"],
  message2: [...fieldsOfTrait2, "payload", "traits", "oneOf"],
  messageTrait2: fieldsOfTrait2,
  parameter: ["enum", "default", "description", "examples", "location"],
  example: ["headers", "payload", "name", "summary"],
  channelBinding: ["topic", "partitions", "replicas", "topicConfiguration", "bindingVersion"],
  operationBinding: ["groupId", "clientId", "bindingVersion"],
  messageBinding: ["key", "schemaIdLocation", "schemaIdPayloadEncoding", "schemaLookupStrategy", "bindingVersion"],
} as const satisfies { readonly [name: string]: readonly string[] };

/** An object of AsyncAPI, by name. */
export type ObjectName = keyof typeof objects;

/** Where each stands, by its path in a document; names that the author gave have no slash in it. */
const patterns: readonly (readonly [ObjectName, RegExp])[] = [
  ["root", /^$/],
  ["info", /^info$/],
  ["components", /^components$/],
  ["server", /^(components\/)?servers\/[^/]+$/],
  ["channel", /^(components\/)?channels\/[^/]+$/],
  ["operation", /^(components\/)?operations\/[^/]+(\/traits\/\d+)?$|^components\/operationTraits\/[^/]+$/],
  [
    "message",
    /^(channels\/[^/]+|components(\/channels\/[^/]+)?)\/messages\/[^/]+(\/traits\/\d+)?$|^components\/messageTraits\/[^/]+$/,
  ],
  ["bindings", /^(components\/)?(servers|channels|operations)\/[^/]+\/bindings$/],
  ["bindings", /^(channels\/[^/]+|components(\/channels\/[^/]+)?)\/messages\/[^/]+\/bindings$/],
  ["bindings", /^components\/(server|channel|operation|message)Bindings\/[^/]+$/],
  ["parameter", /^(channels\/[^/]+|components)\/parameters\/[^/]+$/],
  ["example", /\/(messages|messageTraits)\/[^/]+\/examples\/\d+$/],
  ["channelBinding", /^(components\/)?channels\/[^/]+\/bindings\/kafka$|\/channelBindings\/[^/]+\/kafka$/],
  ["operationBinding", /^(components\/)?operations\/[^/]+\/bindings\/kafka$|\/operationBindings\/[^/]+\/kafka$/],
  ["operationBinding", /^components\/operationTraits\/[^/]+\/bindings\/kafka$/],
  ["messageBinding", /\/(messages|messageTraits)\/[^/]+\/bindings\/kafka$|\/messageBindings\/[^/]+\/kafka$/],
];

const messageOf2 = "((components/)?channels/[^/]+/(publish|subscribe)/message|components/messages/[^/]+)(/oneOf/\\d+)*";

/** Those of version 2, which win over the others there. */
const patterns2: typeof patterns = [
  ["root2", /^$/],
  ["info2", /^info$/],
  ["server2", /^(components\/)?servers\/[^/]+$/],
  ["channel2", /^(components\/)?channels\/[^/]+$/],
  [
    "operation2",
    /^(components\/)?channels\/[^/]+\/(publish|subscribe)(\/traits\/\d+)?$|^components\/operationTraits\/[^/]+$/,
  ],
  ["parameter2", /^((components\/)?channels\/[^/]+|components)\/parameters\/[^/]+$/],
  ["operationBinding", /^(components\/)?channels\/[^/]+\/(publish|subscribe)\/bindings\/kafka$/],
  ["messageBinding", new RegExp(`^${messageOf2}/bindings/kafka$`)],
  ["bindings", new RegExp(`^((components/)?channels/[^/]+/(publish|subscribe)|${messageOf2})/bindings$`)],
  ["message2", new RegExp(`^${messageOf2}$`)],
  ["messageTrait2", new RegExp(`^${messageOf2}/traits/\\d+$|^components/messageTraits/[^/]+$`)],
];

/** The object that stands at a path in a document of that version; null where it is none of those. */
export const objectAt = (path: readonly string[], major: 2 | 3 = 3): ObjectName | null => {
  const written = path.map((name) => encodeURIComponent(name.toWellFormed())).join("/");
  const all = major === 2 ? [...patterns2, ...patterns] : patterns;
  return all.find(([, pattern]) => pattern.test(written))?.[0] ?? null;
};

/** The fields that an object may have. */
export const fieldsOf = (name: ObjectName): readonly string[] => objects[name];
