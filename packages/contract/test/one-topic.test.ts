import { expect, test } from "vitest";
import { head, inline } from "./inline.js";

const payload = (field: string) =>
  `{ payload: { type: object, required: [${field}], properties: { ${field}: { type: string } } } }`;
const channels = (sent: string, lost: string) => `${head}channels:
  sent: { address: parcels, messages: { ParcelSent: ${payload("id")} }${sent} }
  lost: { address: parcels, messages: { ParcelLost: ${payload("id")} }${lost} }
`;

test("two channels with one topic are one channel, with the id of the first and the messages of both", async () => {
  const operations = `operations:
  sendSent: { action: send, x-app: depot, channel: { $ref: "#/channels/sent" } }
  sendLost: { action: send, x-app: depot, channel: { $ref: "#/channels/lost" } }
  watch: { action: receive, x-app: desk, channel: { $ref: "#/channels/lost" }, messages: [{ $ref: "#/channels/lost/messages/ParcelLost" }] }
x-ordering: { parcels: { key: "$message.payload#/id", partitioner: murmur2 } }
`;
  const kafka = (text: string) => `, bindings: { kafka: { ${text} } }`;
  const { contract, broken } = await inline(
    `${channels(kafka("partitions: 6"), `, description: Lost ones.${kafka("partitions: 6, replicas: 3, topicConfiguration: { retention.ms: 5 }")}`)}${operations}`,
  );
  expect(broken).toEqual([]);
  expect(contract?.channels).toMatchObject([
    {
      ...{ id: "sent", address: "parcels", domain: "parcels", description: "Lost ones." },
      ...{ partitions: 6, replicas: 3, topicConfiguration: { "retention.ms": 5 } },
      messages: [{ id: "ParcelSent" }, { id: "ParcelLost" }],
    },
  ]);
  expect(contract?.domains[0]?.channels).toEqual(["sent"]);
  expect(contract?.operations.map(({ id, channel, messages }) => [id, channel, messages])).toEqual([
    ["sendSent", "sent", ["ParcelSent"]],
    ["sendLost", "sent", ["ParcelLost"]],
    ["watch", "sent", ["ParcelLost"]],
  ]);
});

test("a message that both channels have is there once", async () => {
  const { contract, broken } = await inline(`${head}channels:
  sent: { address: parcels, messages: { a: { $ref: "#/components/messages/Parcel" } } }
  lost: { address: parcels, messages: { b: { $ref: "#/components/messages/Parcel" } } }
operations: { o: { action: send, channel: { $ref: "#/channels/lost" } } }
components: { messages: { Parcel: ${payload("id")} } }
`);
  expect(broken).toEqual([]);
  expect(contract?.channels[0]?.messages.map(({ id }) => id)).toEqual(["a"]);
  expect(contract?.operations[0]?.messages).toEqual(["a"]);
});

const kafka = (text: string) => `, bindings: { kafka: { ${text} } }`;
const domains = `x-ordering: { parcels: { key: "$message.payload#/id", partitioner: murmur2 } }\n`;

test.each([
  ["partition counts", kafka("partitions: 6"), kafka("partitions: 3"), "state the partition count 6 and 3", ""],
  ["replicas", kafka("replicas: 1"), kafka("replicas: 3"), "state the number of replicas 1 and 3", ""],
  [
    "topic configurations",
    kafka("topicConfiguration: { retention.ms: 1 }"),
    kafka("topicConfiguration: { retention.ms: 2 }"),
    "state the topic configuration retention.ms 1 and 2",
    "",
  ],
  ["domains", "", ", x-ordering: none", "are in the domain parcels and in no domain", domains],
  ["wires", ", x-wire: cloudevents", "", "have x-wire cloudevents and plain", ""],
])("%s that contradict each other are an error that names both channels", async (_, one, other, what, more) => {
  const { contract, diagnostics, broken } = await inline(`${channels(one, other)}${more}`);
  expect(contract).toBeNull();
  expect(broken).toEqual(["address-duplicate"]);
  const [error] = diagnostics.filter(({ rule }) => rule === "address-duplicate");
  expect(error).toMatchObject({ severity: "error", line: 5, column: 3 });
  expect(error?.message).toBe(`channels sent and lost have the same topic parcels and ${what}`);
});

test.each([
  ["id", `P: ${payload("a")}`, `P: ${payload("b")}`, "P"],
  ["name", `p: { name: Parcel, payload: {} }`, `q: { name: Parcel, payload: {} }`, "Parcel"],
])("different messages of one %s are an error that names it", async (_, one, other, name) => {
  const text = `${head}channels: { a: { address: x, messages: { ${one} } }, b: { address: x, messages: { ${other} } } }\n`;
  const { contract, diagnostics } = await inline(text);
  expect(contract).toBeNull();
  expect(diagnostics.find(({ rule }) => rule === "address-duplicate")?.message).toBe(
    `channels a and b have the same topic x and have different messages of the name ${name}`,
  );
});

test("where one of two channels with one topic cannot be generated, both are left out", async () => {
  const avro = "{ payload: { schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { type: string } } }";
  const text = `${head}channels:
  sent: { address: parcels, messages: { ParcelSent: ${payload("id")} } }
  lost: { address: parcels, messages: { ParcelLost: ${avro} } }
`;
  const { contract, broken } = await inline(text);
  expect(contract).toMatchObject({
    channels: [],
    opaque: [{ id: "sent", messageNames: ["ParcelSent", "ParcelLost"] }],
  });
  expect(broken).toEqual(["kafka-missing", "schema-format"]);
});

test("different messages of one name in one channel are an error at the second", async () => {
  const text = `${head}channels:
  a:
    address: x
    messages:
      p: { name: Parcel, payload: { type: string } }
      q: { name: Parcel, payload: { type: integer } }
`;
  const { contract, diagnostics, broken } = await inline(text);
  expect(contract).toBeNull();
  expect(broken).toEqual(["message-duplicate"]);
  expect(diagnostics.find(({ rule }) => rule === "message-duplicate")).toMatchObject({
    ...{ line: 8, column: 7 },
    message: "messages p and q of channel a have the same name Parcel",
  });
});

test("two references of a channel to one message are that message, once", async () => {
  const { contract, broken } = await inline(`${head}channels:
  a: { address: x, messages: { p: { $ref: "#/components/messages/Parcel" }, q: { $ref: "#/components/messages/Parcel" } } }
operations: { o: { action: send, channel: { $ref: "#/channels/a" }, messages: [{ $ref: "#/channels/a/messages/q" }] } }
components: { messages: { Parcel: ${payload("id")} } }
`);
  expect(broken).toEqual([]);
  expect(contract?.channels[0]?.messages.map(({ id }) => id)).toEqual(["p"]);
  expect(contract?.operations[0]?.messages).toEqual(["p"]);
});

test.each([
  ["integer", null],
  ["string", ["A"]],
])("in version 2, what others send and receive under one name: %s", async (type, ids) => {
  const message = (of: string) => `{ message: { name: A, payload: { type: ${of} } } }`;
  const { contract, broken } = await inline(`asyncapi: 2.6.0
info: { title: Parcels, version: 1.0.0 }
channels: { x: { publish: ${message("string")}, subscribe: ${message(type)} } }
`);
  expect(broken).toEqual(ids === null ? ["message-duplicate"] : []);
  expect(contract?.channels[0]?.messages.map(({ id }) => id) ?? null).toEqual(ids);
});
