import type {
  Contract,
  ContractChannel,
  ContractDomain,
  ContractMessage,
  ContractSchema,
  JsonSchema,
  OpaqueChannel,
} from "@keyline/contract";

const position = { file: "contract.yaml", line: 1, column: 1 };

/** Texts that would run, or break out of where they stand, if they were printed as they are. Running sets `globalThis.pwned`. */
export const attacks: readonly string[] = [
  "*/ globalThis.pwned = 1; /*",
  '"; globalThis.pwned = 1; "',
  "'; globalThis.pwned = 1; '",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  "${globalThis.pwned = 1}",
  "`; globalThis.pwned = 1; `",
  "\n globalThis.pwned = 1;\n//",
  "\r\nglobalThis.pwned = 1;\r\n",
  "\u2028globalThis.pwned = 1;\u2029",
  "]]; globalThis.pwned = 1; [[",
  "}}; globalThis.pwned = 1; {{",
  "\\",
  '\\"; globalThis.pwned = 1; //',
  "</script><script>globalThis.pwned = 1</script>",
  "\n```\n\n```ts\nglobalThis.pwned = 1;\n```\n",
  "../../../../etc/passwd",
  "__proto__",
  "constructor",
  "prototype",
  "then",
  "default",
  "CON",
  "\u0000\u001b[31m",
  "",
  " ",
  "\ud800",
];

const schemaOf = (text: string): JsonSchema => ({
  type: "object",
  title: text,
  description: text,
  $comment: text,
  required: ["key", text],
  properties: {
    key: { type: "string", minLength: 1, description: text, default: text, examples: [text] },
    [text]: { type: "string", const: text, description: text },
    list: { type: "array", items: { enum: [text, 1, null] } },
  },
  patternProperties: { [`^x${text.replaceAll(/[^a-z]/g, "")}$`]: { const: { [text]: [text] } } },
  additionalProperties: false,
});

const messageOf = (text: string, index: number): ContractMessage => ({
  id: text,
  name: text,
  component: index % 2 === 0 ? `${text}${index}` : null,
  title: text,
  summary: text,
  description: text,
  deprecated: true,
  payload: index % 3 === 0 ? { $ref: `#/schemas/${text}` } : schemaOf(text),
  headers: schemaOf(text),
  correlation: { in: "payload", path: [text] },
  keySchema: schemaOf(text),
  examples: [
    {
      name: text,
      summary: text,
      payload: { key: text, [text]: text, list: [text] },
      headers: { [text]: text },
      position,
    },
  ],
  position,
});

const channelOf = (text: string, index: number): ContractChannel => ({
  id: text,
  address: text,
  title: text,
  summary: text,
  description: text,
  parameters: index % 4 === 0 ? [{ name: text || "p", description: text, enum: [text], default: text }] : [],
  domain: index % 4 === 0 ? null : text,
  wire: "plain",
  partitions: 3,
  replicas: 1,
  topicConfiguration: { [text]: text },
  messages: [messageOf(text, index), messageOf(`${text}2`, 1)].slice(0, 1 + (index % 2)),
  position,
});

const opaqueOf = (text: string): OpaqueChannel => ({
  id: text,
  address: text,
  title: text,
  summary: text,
  description: text,
  parameters: [{ name: text || "p", description: text, enum: [text], default: text }],
  domain: null,
  wire: null,
  partitions: 3,
  replicas: 1,
  topicConfiguration: { [text]: text },
  reason: text,
  messageNames: [text],
  fingerprint: text,
  position,
});

const domainOf = (text: string): ContractDomain => ({
  name: text,
  partitioner: "murmur2",
  keyExpression: `$message.payload#/${text}`,
  keyPath: [text],
  keyType: "string",
  maxKeyBytes: null,
  partitions: 3,
  channels: [text],
  position,
});

const schemasOf = (text: string): readonly ContractSchema[] => [
  { name: text, schema: schemaOf(text), position },
  { name: `${text}2`, schema: { type: "object", properties: { [text]: { $ref: `#/schemas/${text}2` } } }, position },
];

/** A contract whose every text is an attempt to inject code: no document could give it, but the generator must not rely on that. */
export const hostileContract: Contract = {
  kind: "contract",
  format: 1,
  asyncapi: "3.0.0",
  title: attacks.join(" "),
  version: '1.0.0", "scripts": { "postinstall": "touch pwned" }, "x": "',
  description: attacks.join("\n"),
  file: '/tmp/*/ globalThis.pwned = 1; /*\nglobalThis.pwned = 1 "contract".yaml',
  domains: attacks.map(domainOf),
  channels: attacks.map(channelOf),
  opaque: attacks.map(opaqueOf),
  operations: [],
  schemas: attacks.flatMap(schemasOf),
};
