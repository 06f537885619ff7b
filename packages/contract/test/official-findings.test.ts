// What the official parser finds, as Keyline tells it: once each, where it is written, with what to do about it.
import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../src/index.js";
import { inline } from "./inline.js";

const head = `asyncapi: 3.0.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { host: "b.example:9092", protocol: kafka } }
`;

const channel = `channels:
  good:
    address: parcel.sent
    messages:
      ParcelSent: { $ref: "#/components/messages/ParcelSent" }
`;

const component = `components:
  messages:
    ParcelSent: { payload: { type: object }, examples: [{ payload: {} }] }
`;

/** What is said of a document, without what any short one is told. */
const said = async (text: string) => {
  const { diagnostics } = await inline(text);
  const noise = new Set(["operations-missing", "app-missing", "asyncapi/asyncapi-latest-version", "example-missing"]);
  return diagnostics.filter(({ rule }) => !noise.has(rule)).map(formatDiagnostic);
};

const resolved = "error asyncapi/asyncapi-document-resolved";
const idle = "warning asyncapi/asyncapi-document-resolved";

/** `operation` begins on line 9. */
const withOperation = (operation: string) => `${head}${channel}operations:\n  sendIt:\n${operation}\n${component}`;

const operations: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a message of the components, of which the channel has one",
    '    action: send\n    channel: { $ref: "#/channels/good" }\n    messages:\n      - $ref: "#/components/messages/ParcelSent"',
    [
      "main.yaml:14:9 error asyncapi/asyncapi3-operation-messages-from-referred-channel  message ParcelSent of operation sendIt is not a reference into its channel good",
      '  fix: write $ref: "#/channels/good/messages/ParcelSent"',
    ],
  ],
  [
    "a message that its channel does not have",
    '    action: send\n    channel: { $ref: "#/channels/good" }\n    messages: [{ $ref: "#/components/messages/Other" }]',
    [
      "main.yaml:13:16 error asyncapi/asyncapi3-operation-messages-from-referred-channel  message Other of operation sendIt is not a reference into its channel good",
      '  fix: add Other: { $ref: "#/components/messages/Other" } to the messages of channel good, and write $ref: "#/channels/good/messages/Other"',
    ],
  ],
  [
    "the name of a channel",
    "    action: send\n    channel: good",
    [
      `main.yaml:12:14 ${resolved}  "channel" property type must be object`,
      '  fix: write channel: { $ref: "#/channels/good" }',
    ],
  ],
  [
    "an action of version 2",
    '    action: publish\n    channel: { $ref: "#/channels/good" }',
    [
      `main.yaml:11:13 ${resolved}  "action" property must be equal to one of the allowed values: "send", "receive"`,
      "  fix: write send where the application produces the messages, receive where it consumes them",
    ],
  ],
  [
    "no action",
    '    channel: { $ref: "#/channels/good" }',
    [
      `main.yaml:10:3 ${resolved}  "sendIt" property must have required property "action"`,
      "  fix: add action: send where the application produces the messages, receive where it consumes them",
    ],
  ],
  [
    "a message beside its channel, as in version 2",
    '    action: send\n    channel: { $ref: "#/channels/good" }\n    message: { $ref: "#/channels/good/messages/ParcelSent" }',
    [
      `main.yaml:13:5 ${resolved}  Property "message" is not expected to be here`,
      "  fix: write messages: [ ... ], each a $ref to a message of the operation's channel",
    ],
  ],
  [
    "a misspelt field",
    '    action: send\n    chanel: { $ref: "#/channels/good" }\n    channel: { $ref: "#/channels/good" }',
    [`main.yaml:12:5 ${resolved}  Property "chanel" is not expected to be here`, "  fix: name it channel"],
  ],
];

test.each(operations)("an operation with %s", async (_, operation, expected) => {
  const text = `${withOperation(operation)}    Other: { payload: { type: string } }\n`;
  expect(await said(text)).toEqual([expected.join("\n")]);
});

/** `rest` begins on line 6, below the channel. */
const inChannel = (rest: string) => `${head}channels:\n  good:\n${rest}\n`;

const sent = "    messages: { ParcelSent: { payload: { type: object } } }";

const channels: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a field that AsyncAPI does not know",
    `    address: a\n    foo:\n      bar: 1\n${sent}`,
    [
      `main.yaml:7:5 ${resolved}  Property "foo" is not expected to be here`,
      "  fix: remove it, or begin its name with x-: other fields are not allowed here",
    ],
  ],
  [
    "a message for messages",
    `    address: a\n    message:\n      payload: true\n${sent}`,
    [
      `main.yaml:7:5 ${resolved}  Property "message" is not expected to be here`,
      "  fix: write messages: { NAME: ... }, a map of all that the topic carries",
    ],
  ],
  [
    "its operations inside, beside what version 3 has",
    `    address: a\n    publish:\n      operationId: x\n${sent}`,
    [
      `main.yaml:7:5 ${resolved}  Property "publish" is not expected to be here`,
      "  fix: write it as an operation at the root: operations: { NAME: { action: ..., channel: { $ref: ... } } }",
    ],
  ],
  [
    "a binding of an older version",
    `    address: a\n    bindings:\n      kafka:\n        bindingVersion: 0.1.0\n${sent}`,
    [
      `main.yaml:9:25 ${idle}  "bindingVersion" property must be equal to one of the allowed values: "0.5.0", "0.4.0", "0.3.0"; no generated code depends on it`,
      "  fix: write bindingVersion: 0.5.0, or remove it for the latest",
    ],
  ],
  [
    "a misspelt field of its binding: the whole binding is not told too",
    `    address: a\n    bindings:\n      kafka:\n        partitons: 3\n${sent}`,
    [`main.yaml:9:9 ${resolved}  Property "partitons" is not expected to be here`, "  fix: name it partitions"],
  ],
  [
    "the schema of a parameter",
    `    address: a.{id}\n    parameters: { id: { schema: { type: string } } }\n${sent}`,
    [
      `main.yaml:7:25 ${resolved}  Property "schema" is not expected to be here`,
      "  fix: remove it: a parameter is a text, which enum, default and description say more of",
    ],
  ],
  [
    "a message's format beside its payload",
    "    address: a\n    messages:\n      M:\n        schemaFormat: application/vnd.aai.asyncapi;version=3.0.0\n        payload: { type: object }",
    [
      `main.yaml:9:9 ${resolved}  Property "schemaFormat" is not expected to be here`,
      "  fix: write payload: { schemaFormat: ..., schema: ... }",
    ],
  ],
  [
    "a type that no JSON Schema has: the payload around is not told too",
    "    address: a\n    messages:\n      M:\n        payload:\n          type: object\n          properties:\n            a: { type: uuid }",
    [
      `main.yaml:12:24 ${resolved}  "type" property must be equal to one of the allowed values: "array", "boolean", "integer", "null", "number", "object", "string"`,
      "  fix: write type: string, with format: uuid",
    ],
  ],
  [
    "a field that says of itself that it is required",
    "    address: a\n    messages:\n      M:\n        payload:\n          type: object\n          properties:\n            a: { type: string, required: true }",
    [
      `main.yaml:12:42 ${resolved}  "required" property type must be array`,
      "  fix: remove it, and write required: [a] beside properties",
    ],
  ],
  [
    "the name of a server",
    `    address: a\n    servers: [k]\n    bindings: { kafka: {} }\n${sent}`,
    [`main.yaml:7:15 ${resolved}  Item at index 0 must be object`, '  fix: write { $ref: "#/servers/k" }'],
  ],
  [
    "a payload that is a word: told by our own rule alone",
    "    address: a\n    messages: { M: { payload: order } }",
    [
      "main.yaml:7:31 error schema-invalid  not a valid JSON Schema: this is a string",
      "  fix: write a schema here: a map of keywords, true or false",
    ],
  ],
];

test.each(channels)("a channel with %s", async (_, rest, expected) => {
  expect(await said(inChannel(rest))).toEqual([expected.join("\n")]);
});

test("a document without info, and an enum without values", async () => {
  expect(await said(`${head.replace(/info.*\n/, "")}${channel}${component}`)).toEqual([
    `main.yaml:1:1 ${resolved}  Object must have required property "info"\n  fix: add info: { title: Orders, version: 1.0.0 }`,
  ]);
  expect(await said(`${head}${channel}${component.replace("type: object", "enum: []")}`)).toContainEqual(
    expect.stringContaining("fix: list the values that are allowed, or remove enum, which allows any"),
  );
});

test("a version that is a number", async () => {
  const text = `${head.replace("version: 1.0.0", "version: 1.0")}${channel}${component}`;
  expect(await said(text)).toEqual([
    `main.yaml:2:34 ${resolved}  "version" property type must be string\n  fix: put it in quotes: version: "1.0.0"`,
  ]);
});

describe("the layout of version 2 under a number of version 3", () => {
  const older = `${head}channels:\n  parcel.sent:\n    publish:\n      message: { payload: { type: object } }\n`;

  test("is said once, in the place of all that follows from it", async () => {
    const { diagnostics, contract } = await inline(`${older}  parcel.lost:\n    subscribe: {}\n`);
    expect(contract).toBeNull();
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      "main.yaml:6:5 error layout-older  this is the layout of AsyncAPI 2, and the document says 3.0.0\n" +
        "  fix: write asyncapi: 2.6.0 at the top, or move what is published and subscribed to operations at the root, as version 3 has it",
    ]);
  });

  test("is not said where a part of it is version 3's", async () => {
    for (const newer of ["operations: {}\n", "  b: { address: b, messages: { M: { payload: { type: object } } } }\n"]) {
      const { diagnostics } = await inline(`${older}${newer}`);
      expect(diagnostics.map(({ rule }) => rule)).not.toContain("layout-older");
    }
  });
});

describe("a group and a client that are named where schemas belong", () => {
  const kafka = "        groupId: parcels\n        clientId: reader";
  const getIt = withOperation(
    `    action: receive\n    channel: { $ref: "#/channels/good" }\n    bindings:\n      kafka:\n${kafka}`,
  );

  test("are one warning each, with the document's own names, and the group is read", async () => {
    expect(await said(getIt)).toEqual([
      "main.yaml:15:18 warning group-id-schema  the groupId of operation sendIt is a text where a schema belongs\n" +
        '  fix: write groupId: { type: string, const: "parcels" }',
      "main.yaml:16:19 warning group-id-schema  the clientId of operation sendIt is a text where a schema belongs\n" +
        '  fix: write clientId: { type: string, const: "reader" }',
    ]);
    const { contract } = await inline(getIt);
    expect(contract?.operations).toMatchObject([{ id: "sendIt", groupId: "parcels" }]);
  });

  test("leave other mistakes of the same binding told", async () => {
    const [first, ...others] = await said(getIt.replace("clientId: reader", "clientld: reader"));
    expect(others).toEqual([
      `main.yaml:16:9 ${resolved}  Property "clientld" is not expected to be here\n  fix: name it clientId`,
    ]);
    expect(first).toContain("group-id-schema");
  });
});

test("a group and a client that are named in a document of version 2 are told where they were written", async () => {
  const text = `asyncapi: 2.6.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { url: "b.example:9092", protocol: kafka } }
channels:
  parcel.sent:
    publish:
      operationId: getIt
      bindings:
        kafka:
          groupId: parcels
          clientId: reader
      message: { name: Sent, payload: { type: object } }
`;
  expect(await said(text)).toEqual([
    "main.yaml:10:20 warning group-id-schema  the groupId of operation getIt is a text where a schema belongs\n" +
      '  fix: write groupId: { type: string, const: "parcels" }',
    "main.yaml:11:21 warning group-id-schema  the clientId of operation getIt is a text where a schema belongs\n" +
      '  fix: write clientId: { type: string, const: "reader" }',
  ]);
  expect((await inline(text)).contract?.operations).toMatchObject([{ id: "getIt", groupId: "parcels" }]);
});

describe("a mistake in a message of version 2 is told once, at its cause", () => {
  const of2 = (message: string, rest = "", version = "2.6.0") =>
    `asyncapi: ${version}\ninfo: { title: Old, version: 1.0.0 }\nservers: { k: { url: "b.example:9092", protocol: kafka } }\nchannels: { o: { publish: { message: ${message} } } }\n${rest}`;
  const type = `the allowed values: "array", "boolean", "integer", "null", "number", "object", "string"`;
  const toType = [expect.stringContaining(type), "  fix: write type: string"];
  const unexpected = (field: string, fix: string) => [
    expect.stringContaining(`Property "${field}" is not expected to be here`),
    `  fix: ${fix}`,
  ];
  const component = (message: string) => `components: { messages: { A: ${message} } }\n`;

  test.each([
    ["a field", of2("{ name: A, paylod: { type: string } }"), unexpected("paylod", "name it payload")],
    ["a type", of2("{ name: A, payload: { type: strin } }"), toType],
    [
      "a type by a reference",
      of2('{ $ref: "#/components/messages/A" }', component("{ payload: { type: strin } }")),
      toType,
    ],
    [
      "a field of one of several",
      of2("{ oneOf: [{ name: A, hedaers: {} }] }"),
      unexpected("hedaers", "name it headers"),
    ],
    [
      "a field of a trait",
      of2("{ payload: {}, traits: [{ contentTyp: x }] }"),
      unexpected("contentTyp", "name it contentType"),
    ],
    [
      "a payload in a trait",
      of2("{ payload: {}, traits: [{ payload: {} }] }"),
      unexpected("payload", "remove it, or begin its name with x-: other fields are not allowed here"),
    ],
    [
      "a field of a later version",
      of2("{ payload: {}, messageId: m }", "", "2.3.0"),
      unexpected("messageId", "remove it, or begin its name with x-: other fields are not allowed here"),
    ],
  ] as const)("%s", async (_, text, lines) => {
    const { diagnostics } = await inline(text);
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.split("\n")).toEqual(lines);
  });

  test.each([
    [
      "a field",
      "{ name: A, paylod: { type: string } }",
      "other.yaml:1:15",
      'Property "paylod" is not expected to be here',
    ],
    [
      "a type",
      "{ name: A, payload: { type: strin } }",
      "other.yaml:1:32",
      "must be equal to one of the allowed values",
    ],
    ["a required", "{ payload: { required: true } }", "other.yaml:1:27", '"required" property type must be array'],
    [
      "a field of one of several",
      "{ oneOf: [{ name: A, hedaers: {} }] }",
      "other.yaml:1:25",
      '"hedaers" is not expected',
    ],
  ])("%s in another file", async (_, message, place, says) => {
    const { diagnostics } = await inline(of2('{ $ref: "other.yaml#/m" }'), { "other.yaml": `m: ${message}\n` });
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic);
    expect(errors).toEqual([expect.stringContaining(says)]);
    expect(errors[0]).toContain(place);
  });
});

test.each([
  ["a message", "channels: { o: { publish: { message: null } } }", 3, 38],
  [
    "a component",
    'channels: { o: { publish: { message: { $ref: "#/components/messages/m" } } } }\ncomponents: { messages: { m: null } }',
    4,
    30,
  ],
  ["an example", "channels: { o: { publish: { message: { payload: { default: null }, examples: [null] } } } }", 3, 79],
])("%s that is null is told at its place, though the official parser throws", async (_, text, line, column) => {
  const { contract, diagnostics } = await inline(`asyncapi: 2.6.0\ninfo: { title: t, version: 1.0.0 }\n${text}\n`);
  expect(contract).toBeNull();
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  expect(errors).toMatchObject([
    {
      line,
      column,
      rule: "asyncapi/uncaught-error",
      message: "this is null, where AsyncAPI has a message or an example",
    },
  ]);
});

test.each(["__proto__", "hasOwnProperty", "constructor", "toString", "valueOf", "toJSON", "then", "length"])(
  "%s is a name like any other",
  async (name) => {
    const message = `{ name: ${name}, payload: { $ref: "#/components/schemas/${name}" }, examples: [{ payload: { ${name}: a } }] }`;
    const document = `channels: { ${name}: { address: a, messages: { ${name}: ${message} } } }
operations: { ${name}: { action: send, channel: { $ref: "#/channels/${name}" } } }
components: { schemas: { ${name}: { type: object, required: [${name}], properties: { ${name}: { type: string } } } } }
`;
    const { contract, broken } = await inline(`${head}${document}`);
    expect(broken).toEqual(["asyncapi/asyncapi-latest-version"]);
    expect(contract?.channels.map(({ id, messages }) => [id, messages[0]?.name])).toEqual([[name, name]]);
    expect(Object.keys(Object(contract?.schemas[0]?.schema).properties)).toEqual([name]);
  },
);

test.each([
  ["a payload", "{ payload: { $ref: '#/components/schemas/S' } }"],
  ["a message of the components", "{ $ref: '#/components/messages/M' }"],
  [
    "one of several messages",
    "{ oneOf: [{ payload: { $ref: '#/components/schemas/S' } }, { payload: { type: string } }] }",
  ],
])("a wrong schema of version 2 is told once, at itself, where it is referred to by %s", async (_, message) => {
  const text = `asyncapi: 2.6.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { url: "b.example:9092", protocol: kafka } }
channels:
  good:
    publish: { message: ${message} }
components:
  messages: { M: { payload: { $ref: "#/components/schemas/S" } } }
  schemas:
    S: { type: object, properties: { x: { $ref: "#/components/schemas/R" } } }
    R: { type: float }
`;
  const lines = (await said(text)).flatMap((one) => one.split("\n"));
  expect(lines.filter((line) => line.includes(" error "))).toEqual([
    `main.yaml:11:16 ${resolved}  "type" property must be equal to one of the allowed values: "array", "boolean", "integer", "null", "number", "object", "string"`,
  ]);
  expect(lines).toContain("  fix: write type: number");
});
