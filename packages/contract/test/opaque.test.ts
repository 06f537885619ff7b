import { expect, test } from "vitest";
import { type Contract, namedTopics, parseContract } from "../src/index.js";
import { inline } from "./inline.js";

const start = `asyncapi: 3.1.0
info: { title: Parcels, version: 1.0.0 }
servers: { main: { host: "broker.example:9092", protocol: kafka } }
`;
const object = "{ type: object, required: [id], properties: { id: { type: string } } }";
const sent = `  sent: { address: parcel.sent, messages: { ParcelSent: { payload: ${object} } } }\n`;
const avro = (schema: string) => `{ schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: ${schema} }`;
const avroRecord = "{ type: record, name: Legacy, fields: [{ name: id, type: string }] }";
const legacy = (payload: string, more = "") =>
  `  legacy: { address: parcel.legacy, messages: { Legacy: { payload: ${payload} } }${more} }\n`;
const operations = `operations:
  sendSent: { action: send, x-app: depot, channel: { $ref: "#/channels/sent" } }
  sendLegacy: { action: send, x-app: depot, channel: { $ref: "#/channels/legacy" } }
`;
const document = (channels: string, more = operations) => `${start}channels:\n${channels}${more}`;

const channelIds = (contract: Contract | null) => contract?.channels.map(({ id }) => id);
const places = (diagnostics: readonly { rule: string; severity: string; line: number; column: number }[]) =>
  diagnostics
    .filter(({ rule }) => rule !== "example-missing")
    .map(({ rule, severity, line, column }) => [rule, severity, line, column]);

test("a channel with an Avro payload is left out with one warning, the rest is there", async () => {
  const { contract, diagnostics } = await inline(
    document(`${sent}${legacy(avro(avroRecord), ", bindings: { kafka: { partitions: 3, replicas: 2 } }")}`),
  );
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(contract?.opaque).toMatchObject([
    {
      id: "legacy",
      address: "parcel.legacy",
      domain: null,
      wire: null,
      partitions: 3,
      replicas: 2,
      reason: 'schema format "application/vnd.apache.avro;version=1.9.0" cannot be generated',
      messageNames: ["Legacy"],
    },
  ]);
  expect(contract?.operations.map(({ id }) => id)).toEqual(["sendSent"]);
  expect(places(diagnostics)).toEqual([["schema-format", "warning", 6, 84]]);
  const [warning] = diagnostics.filter(({ rule }) => rule === "schema-format");
  expect(warning?.message).toMatch(/^channel legacy with 1 message is left out: schema format "application/);
  expect(warning?.fix).toMatch(/\w/);
});

test("a refused schema is found wherever it is reached from, and what only it reaches is not in the contract", async () => {
  const components = `components:
  schemas:
    Outer: { type: object, properties: { inner: { $ref: "#/components/schemas/Inner" } } }
    Inner: { type: array, items: { $ref: "#/components/schemas/Foreign" } }
    Foreign: ${avro(avroRecord)}
    Shared: { type: string }
`;
  const good = `  sent: { address: parcel.sent, messages: { S: { payload: { properties: { a: { $ref: "#/components/schemas/Shared" } } } } } }\n`;
  const both = `${good}${legacy('{ allOf: [{ $ref: "#/components/schemas/Outer" }, { $ref: "#/components/schemas/Shared" }] }')}`;
  const { contract } = await inline(document(both, `${operations}${components}`));
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(contract?.schemas.map(({ name }) => name)).toEqual(["Shared"]);
});

test.each([
  ["headers", `{ headers: ${avro(avroRecord)}, payload: ${object} }`],
  ["a Kafka key", `{ bindings: { kafka: { key: ${avro(avroRecord)} } }, payload: ${object} }`],
])("%s in another language leave the channel out too", async (_, message) => {
  const channels = `${sent}  legacy: { address: parcel.legacy, messages: { Legacy: ${message} } }\n`;
  const { contract } = await inline(document(channels));
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(contract?.opaque).toHaveLength(1);
});

test("a keyword that draft 7 cannot say leaves the channel out, also in a schema without a label", async () => {
  const { contract, diagnostics } = await inline(
    document(`${sent}${legacy("{ type: object, properties: { a: { type: array, unevaluatedItems: false } } }")}`),
  );
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(places(diagnostics)).toMatchObject([["schema-format", "warning", 6, expect.any(Number)]]);
  expect(contract?.opaque[0]?.reason).toContain("unevaluatedItems");
});

test("one message of several leaves the whole channel out, with one warning", async () => {
  const messages = `messages: { Good: { payload: ${object} }, Bad: { payload: ${avro("{ type: string }")} }, Worse: { payload: ${avro(avroRecord)} } }`;
  const { contract, broken, diagnostics } = await inline(
    document(`${sent}  mixed: { address: parcel.mixed, ${messages} }\n`, ""),
  );
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(broken).toEqual(["schema-format"]);
  const [{ message } = { message: "" }] = diagnostics.filter(({ rule }) => rule === "schema-format");
  expect(message).toMatch(
    /^channel mixed with 3 messages is left out: .*; 1 other schema of the channel cannot be generated either$/,
  );
});

test("a schema that two channels share leaves out both, each with its own warning", async () => {
  const shared = '{ $ref: "#/components/schemas/Foreign" }';
  const more = `  lost: { address: parcel.lost, messages: { Lost: { payload: ${shared} } } }\n`;
  const components = `components: { schemas: { Foreign: ${avro(avroRecord)} } }\n`;
  const { contract, diagnostics } = await inline(document(`${sent}${legacy(shared)}${more}`, components));
  expect(contract?.opaque.map(({ id }) => id)).toEqual(["legacy", "lost"]);
  const messages = diagnostics.filter(({ rule }) => rule === "schema-format").map(({ message }) => message);
  expect(messages.map((message) => message.split(" ")[1])).toEqual(["legacy", "lost"]);
});

test("Avro in a file is left out, and a document with nothing else says so", async () => {
  const channels = legacy(avro("{ $ref: ./parcel.avsc }"));
  const { contract, diagnostics } = await inline(document(channels, ""), { "parcel.avsc": avroRecord });
  expect(contract).toMatchObject({ channels: [], opaque: [{ id: "legacy" }] });
  expect(places(diagnostics)).toEqual([
    ["kafka-missing", "warning", 4, 1],
    ["schema-format", "warning", 5, 84],
  ]);
  expect(diagnostics[0]?.message).toBe(
    "none of the document's Kafka channels can be generated, so there is nothing to generate",
  );
});

test("Avro that nothing uses is not looked at", async () => {
  const components = `components: { messages: { Unused: { payload: ${avro(avroRecord)} } } }\n`;
  const { contract, broken } = await inline(document(sent, components));
  expect(contract?.opaque).toEqual([]);
  expect(broken).toEqual([]);
});

test("a channel without an address has its id for its topic, with a warning", async () => {
  const { contract, diagnostics } = await inline(
    document(`  parcel.sent: { messages: { ParcelSent: { payload: ${object} } } }\n`, ""),
  );
  expect(contract?.channels).toMatchObject([{ id: "parcel.sent", address: "parcel.sent" }]);
  expect(places(diagnostics)).toEqual([
    ["operations-missing", "warning", 4, 1],
    ["address-missing", "warning", 5, 3],
  ]);
});

test("a reply with the address null is left out, with a warning", async () => {
  const answer = `  answer: { address: null, messages: { Answer: { payload: ${object} } } }\n`;
  const reply = `operations:
  onAsk:
    action: receive
    x-app: depot
    channel: { $ref: "#/channels/sent" }
    reply: { address: { location: "$message.header#/replyTo" }, channel: { $ref: "#/channels/answer" } }
`;
  const { contract, diagnostics } = await inline(document(`${sent}${answer}`, reply));
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(contract?.opaque).toMatchObject([{ id: "answer", address: null, messageNames: ["Answer"] }]);
  expect(contract?.operations.map(({ id }) => id)).toEqual(["onAsk"]);
  expect(places(diagnostics)).toEqual([["address-null", "warning", 6, 22]]);
  expect(contract && namedTopics(contract).map(({ address }) => address)).toEqual(["parcel.sent"]);
});

test("a channel without a message is left out, with a warning", async () => {
  const { contract, diagnostics } = await inline(document(`${sent}  raw: { address: parcel.raw }\n`, ""));
  expect(channelIds(contract)).toEqual(["sent"]);
  expect(contract && namedTopics(contract).map(({ address }) => address)).toEqual(["parcel.sent", "parcel.raw"]);
  expect(places(diagnostics)).toContainEqual(["message-missing", "warning", 6, 3]);
});

test("channels of other protocols are not looked at", async () => {
  const others = `servers:
  main: { host: "broker.example:9092", protocol: kafka }
  rabbit: { host: "queue.example:5672", protocol: amqp }
channels:
  sent: { address: parcel.sent, servers: [{ $ref: "#/servers/main" }], messages: { S: { payload: ${object} } } }
  a: { address: q, servers: [{ $ref: "#/servers/rabbit" }], messages: { A: { payload: ${avro(avroRecord)} } } }
  b: { address: q, servers: [{ $ref: "#/servers/rabbit" }], messages: { B: { payload: ${object} } } }
  c: { servers: [{ $ref: "#/servers/rabbit" }] }
  d: { address: null, servers: [{ $ref: "#/servers/rabbit" }] }
`;
  const { contract, broken } = await inline(start.split("\n").slice(0, 2).concat(others).join("\n"));
  expect(broken).toEqual([]);
  expect(contract).toMatchObject({ channels: [{ id: "sent" }], opaque: [] });
});

test("a document of another protocol says so, and its channels are not looked at", async () => {
  const channels = `channels: { a: { address: /, messages: { A: { payload: ${object} } } }, b: { address: / }, c: {} }\n`;
  const { contract, broken } = await inline(
    `asyncapi: 3.1.0\ninfo: { title: Chat, version: 1.0.0 }\nservers: { w: { host: chat.example, protocol: wss } }\n${channels}`,
  );
  expect(broken).toEqual(["kafka-missing"]);
  expect(contract).toMatchObject({ channels: [], opaque: [] });
});

const ordered = `x-ordering: { parcels: { key: "$message.payload#/id", partitioner: murmur2 } }\n`;

test("in an ordering domain a channel that cannot be generated is an error, and x-ordering: none a way out", async () => {
  const inside = await inline(`${document(`${sent}${legacy(avro(avroRecord))}`)}${ordered}`);
  expect(inside.contract).toBeNull();
  expect(places(inside.diagnostics)).toEqual([["ordering-opaque", "error", 6, 84]]);
  const [error] = inside.diagnostics.filter(({ rule }) => rule === "ordering-opaque");
  expect(error?.fix).toContain("add x-ordering: none to the channel");

  const out = await inline(`${document(`${sent}${legacy(avro(avroRecord), ", x-ordering: none")}`)}${ordered}`);
  expect(out.contract).toMatchObject({ domains: [{ channels: ["sent"] }], opaque: [{ id: "legacy" }] });
  expect(places(out.diagnostics)).toEqual([["schema-format", "warning", 6, 84]]);
});

test("with strict each such warning is an error, and no other warning is", async () => {
  const channels = `${sent}${legacy(avro(avroRecord))}  raw: { address: parcel.raw }\n  answer: { address: null, messages: { A: {} } }\n  x: { messages: { X: { payload: ${object} } } }\n`;
  const { contract, diagnostics } = await parseContract(document(channels), { strict: true });
  expect(contract).toBeNull();
  expect(places(diagnostics).map(([rule, severity]) => [rule, severity])).toEqual([
    ["schema-format", "error"],
    ["message-missing", "error"],
    ["address-null", "error"],
    ["address-missing", "warning"],
  ]);
});

const fingerprintOf = async (text: string, files: { readonly [path: string]: string } = {}) =>
  (await inline(text, files)).contract?.opaque[0]?.fingerprint;

test("the fingerprint follows what the payload says, not how it is written", async () => {
  const first = await fingerprintOf(document(`${sent}${legacy(avro(avroRecord))}`));
  const reordered = "{ name: Legacy, fields: [{ type: string, name: id }], type: record }";
  const component = `components: { schemas: { Any: ${avroRecord} } }\n`;
  const another = `components: { schemas: { Other: ${avroRecord} } }\n`;
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await fingerprintOf(document(`${legacy(avro(reordered))}`, ""))).toBe(first);
  expect(await fingerprintOf(document(legacy(avro(avroRecord.replace("string", "long"))), ""))).not.toBe(first);
  const referred = await fingerprintOf(document(legacy(avro('{ $ref: "#/components/schemas/Any" }')), component));
  expect(await fingerprintOf(document(legacy(avro('{ $ref: "#/components/schemas/Other" }')), another))).toBe(referred);
});

test("the fingerprint follows files of other languages, whatever is in them", async () => {
  const text = document(legacy(avro("{ $ref: ./legacy.proto }")), "");
  const before = await inline(text, { "legacy.proto": "message Legacy { string id = 1; }" });
  const after = await inline(text, { "legacy.proto": "message Legacy { int64 id = 1; }" });
  expect(before.broken).toEqual(["kafka-missing", "schema-format"]);
  expect(before.contract?.opaque[0]?.fingerprint).not.toBe(after.contract?.opaque[0]?.fingerprint);
});

test("schemas that refer to each other in a circle have a fingerprint", async () => {
  const components = `components: { schemas: { A: ${avro('{ $ref: "#/components/schemas/B" }')}, B: { $ref: "#/components/schemas/A" } } }\n`;
  expect(await fingerprintOf(document(legacy('{ $ref: "#/components/schemas/A" }'), components))).toMatch(
    /^[0-9a-f]{64}$/,
  );
});

test.each([
  ["application/json", true],
  ["application/json;charset=UTF-8", true],
  ["application/cloudevents+json", true],
  ["json", true],
  ["application/avro", false],
  ["application/x-ndjson", false],
  ["application/jsonl", false],
  ["text/plain", false],
])("a topic is generated where its records are JSON: %s", async (contentType, isGenerated) => {
  const message = document(
    `  sent: { address: parcel.sent, messages: { ParcelSent: { contentType: "${contentType}", payload: ${object} } } }\n`,
    "",
  );
  const byDefault = `defaultContentType: ${contentType}\n${document(sent, "")}`;
  for (const text of [message, byDefault]) {
    const { contract } = await inline(text);
    expect(channelIds(contract)).toEqual(isGenerated ? ["sent"] : []);
    if (!isGenerated) expect(contract?.opaque[0]?.reason).toContain(contentType);
  }
});

test("a message's own content type comes before the document's", async () => {
  const own = `contentType: application/json, payload: ${object}`;
  const text = `defaultContentType: application/avro\n${document(`  sent: { address: parcel.sent, messages: { ParcelSent: { ${own} } } }\n`, "")}`;
  expect(channelIds((await inline(text)).contract)).toEqual(["sent"]);
});

test("what the official parser thinks of a schema in another language is not told, and its channel is left out", async () => {
  const notAvro = avro("{ type: object, properties: { id: { type: string } } }");
  const { contract, diagnostics } = await inline(document(`${sent}${legacy(notAvro)}`));
  expect(contract?.opaque.map(({ id }) => id)).toEqual(["legacy"]);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("a format beside the payload, where version 2 has it, is an error in version 3", async () => {
  const message = `{ schemaFormat: application/vnd.apache.avro;version=1.9.0, payload: ${object} }`;
  const { contract, diagnostics } = await inline(
    document(`  sent: { address: parcel.sent, messages: { ParcelSent: ${message} } }\n`, ""),
  );
  expect(contract).toBeNull();
  expect(diagnostics.find(({ severity }) => severity === "error")?.message).toContain("schemaFormat");
});
