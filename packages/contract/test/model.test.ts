import { describe, expect, test } from "vitest";
import { head, inline, oneMessage } from "./inline.js";

describe("traits", () => {
  test("a message keeps what it says itself, and takes the rest from its traits, later ones first", async () => {
    const traits =
      "traits: [{ title: first, summary: first, headers: { type: object, required: [a] } }, { summary: second, headers: { title: H } }]";
    const { contract, broken } = await inline(oneMessage(`{ title: own, payload: { type: string }, ${traits} }`));
    expect(broken).toEqual([]);
    expect(contract?.channels[0]?.messages[0]).toMatchObject({
      title: "own",
      summary: "second",
      headers: { type: "object", required: ["a"], title: "H" },
    });
  });

  test("a trait behind a reference gives its bindings and correlation id", async () => {
    const trait =
      '{ correlationId: { location: "$message.header#/c" }, bindings: { kafka: { key: { type: string } } } }';
    const { contract } = await inline(
      oneMessage(
        '{ payload: { type: string }, traits: [{ $ref: "#/components/messageTraits/t" }] }',
        `components: { messageTraits: { t: ${trait} } }`,
      ),
    );
    expect(contract?.channels[0]?.messages[0]).toMatchObject({
      correlation: { in: "header", path: ["c"] },
      keySchema: { type: "string" },
    });
  });

  test("recursive headers in both a trait and a message do not hang", async () => {
    const components =
      'components: { schemas: { A: { type: object, properties: { next: { $ref: "#/components/schemas/A" } } } } }';
    const recursive = 'headers: { $ref: "#/components/schemas/A" }';
    const { contract } = await inline(
      oneMessage(`{ payload: {}, ${recursive}, traits: [{ ${recursive} }] }`, components),
    );
    expect(contract).not.toBeNull();
  });

  test("an operation's trait gives its group", async () => {
    const operation =
      '{ action: receive, channel: { $ref: "#/channels/a" }, traits: [{ bindings: { kafka: { groupId: { enum: [mailer] } } } }] }';
    const { contract } = await inline(oneMessage("{ payload: {} }", `operations: { o: ${operation} }`));
    expect(contract?.operations).toMatchObject([{ id: "o", channel: "a", groupId: "mailer", messages: ["m"] }]);
  });
});

describe("messages", () => {
  test("a name is the message's own, else the component's, else the channel's key", async () => {
    const components = "components: { messages: { Named: { name: own.name, payload: {} }, Plain: { payload: {} } } }";
    const messages =
      '{ x: { $ref: "#/components/messages/Named" }, y: { $ref: "#/components/messages/Plain" }, z: { payload: {} } }';
    const { contract } = await inline(`${head}channels: { a: { address: a, messages: ${messages} } }\n${components}`);
    const names = contract?.channels[0]?.messages.map(({ id, name, component }) => [id, name, component]);
    expect(names).toEqual([
      ["x", "own.name", "Named"],
      ["y", "Plain", "Plain"],
      ["z", "z", null],
    ]);
  });

  test("an operation that names messages has those alone", async () => {
    const operation =
      '{ action: send, channel: { $ref: "#/channels/a" }, messages: [{ $ref: "#/channels/a/messages/y" }] }';
    const channels =
      "channels: { a: { address: a, messages: { x: { payload: {} }, y: { payload: { type: string } } } } }";
    const { contract } = await inline(`${head}${channels}\noperations: { o: ${operation} }`);
    expect(contract?.operations[0]?.messages).toEqual(["y"]);
  });

  test("a payload in JSON Schema draft 7 is taken out of its wrapping", async () => {
    const format = "schemaFormat: application/schema+json;version=draft-07";
    const { contract } = await inline(oneMessage(`{ payload: { ${format}, schema: { type: string } } }`));
    expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ type: "string" });
  });

  test.each([
    ["application/vnd.apache.avro;version=1.9.0", "{ type: record, name: r, fields: [{ name: a, type: string }] }"],
    ["application/vnd.apache.avro;version=1.9.0", "{ $ref: ./missing.avsc }"],
    ["application/vnd.oai.openapi+json;version=2.0", "{ type: object, nullable: true }"],
    ["application/raml+yaml;version=1.0", "'type: object'"],
    ["application/vnd.google.protobuf;version=3", "'message M {}'"],
    ["application/schema+json;version=draft-03", "{ type: object }"],
    ["application/vnd.apache.avro;version=1.9.0", "{ $ref: https://registry.example/r.avsc }"],
  ])("a payload in %s is left out by its format alone", async (format, schema) => {
    const { broken } = await inline(oneMessage(`{ payload: { schemaFormat: ${format}, schema: ${schema} } }`));
    expect(broken).toEqual(["kafka-missing", "schema-format"]);
  });

  test("siblings of a reference are left out of the schema", async () => {
    const components = "components: { schemas: { S: { type: string } } }";
    const { contract, broken } = await inline(
      oneMessage('{ payload: { $ref: "#/components/schemas/S", maxLength: 3 } }', components),
    );
    expect(broken).toEqual(["ref-siblings"]);
    expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ $ref: "#/schemas/S" });
  });

  test("a correlation id in a payload that is open to any field is accepted", async () => {
    const correlation = 'correlationId: { location: "$message.payload#/c" }';
    const { contract, broken } = await inline(oneMessage(`{ payload: { type: object }, ${correlation} }`));
    expect(broken).toEqual([]);
    expect(contract?.channels[0]?.messages[0]?.correlation).toEqual({ in: "payload", path: ["c"] });
  });
});

describe("channels", () => {
  test("the Kafka binding's topic is the address", async () => {
    const channels =
      "channels: { a: { address: x, bindings: { kafka: { topic: real.topic } }, messages: { m: { payload: {} } } } }";
    expect((await inline(`${head}${channels}`)).contract?.channels[0]?.address).toBe("real.topic");
  });

  test("a channel behind a reference keeps its own id", async () => {
    const components = "components: { channels: { C: { address: a, messages: { m: { payload: {} } } } } }";
    const operation = 'operations: { o: { action: send, channel: { $ref: "#/channels/mine" } } }';
    const { contract } = await inline(
      `${head}channels: { mine: { $ref: "#/components/channels/C" } }\n${operation}\n${components}`,
    );
    expect(contract?.channels).toMatchObject([{ id: "mine", address: "a" }]);
    expect(contract?.operations).toMatchObject([{ channel: "mine" }]);
  });

  test("parameters of an unkeyed channel are kept", async () => {
    const parameters = "parameters: { region: { description: Where, enum: [eu, us], default: eu } }";
    const { contract, broken } = await inline(
      `${head}channels: { a: { address: "log.{region}", ${parameters}, messages: { m: { payload: {} } } } }`,
    );
    expect(broken).toEqual([]);
    expect(contract?.channels[0]?.parameters).toEqual([
      { name: "region", description: "Where", enum: ["eu", "us"], default: "eu" },
    ]);
  });

  test("a channel may be wrapped otherwise than the rest", async () => {
    const channels =
      "channels: { a: { address: a, x-wire: plain, messages: { m: { payload: {} } } }, b: { address: b, messages: { m: { payload: {} } } } }";
    const { contract } = await inline(`${head}x-wire: cloudevents\n${channels}`);
    expect(contract?.channels.map(({ wire }) => wire)).toEqual(["plain", "cloudevents"]);
  });
});

describe("which channels are Kafka topics", () => {
  const channel = (fields: string) => `channels: { a: { address: a, messages: { m: { payload: {} } }${fields} } }\n`;
  const servers = (protocol: string) =>
    `servers: { s: { host: h, protocol: ${protocol} }, k: { host: k, protocol: kafka } }\n`;
  const named = (server: string) => `, servers: [{ $ref: "#/servers/${server}" }]`;

  test.each([
    [
      "a Kafka binding, whatever the server",
      `servers: { s: { host: h, protocol: mqtt } }\n${channel(", bindings: { kafka: {} }")}`,
      1,
    ],
    ["no server at all", channel(""), 1],
    ["no server, bindings of another protocol", channel(", bindings: { ws: {} }"), 0],
    ["a document on kafka-secure", `servers: { s: { host: h, protocol: kafka-secure } }\n${channel("")}`, 1],
    ["a document on MQTT", `servers: { s: { host: h, protocol: mqtt } }\n${channel("")}`, 0],
    ["a channel on the Kafka server of two", `${servers("mqtt")}${channel(named("k"))}`, 1],
    ["a channel on the other server of two", `${servers("mqtt")}${channel(named("s"))}`, 0],
  ])("%s", async (_, text, count) => {
    const { contract, broken } = await inline(`${head}${text}`);
    expect(contract?.channels).toHaveLength(count);
    expect(broken).toEqual(count === 0 ? ["kafka-missing"] : []);
  });
});

describe("event types", () => {
  const ordering = 'x-ordering: { d: { key: "$message.payload#/id", partitioner: murmur2 } }\n';
  const message = (more: string) => `{ payload: { required: [id], properties: { id: { type: integer }${more} } } }`;
  const channels = (...messages: readonly string[]) =>
    `${head}${ordering}channels: { ${messages.map((m, i) => `c${i}: { address: c${i}, messages: { m: ${m} } }`).join(", ")} }`;

  test("a contract without any is left in peace", async () => {
    expect((await inline(channels(message(""), message("")))).broken).toEqual([]);
  });

  test("a message without one among others with one is reported", async () => {
    const { broken } = await inline(channels(message(", event_type: { const: c0 }"), message("")));
    expect(broken).toEqual(["event-type"]);
  });

  test("a free string is not a constant", async () => {
    expect((await inline(channels(message(", event_type: { type: string }")))).broken).toEqual(["event-type"]);
  });
});

describe("parameters of an address", () => {
  const message = "{ payload: { type: string } }";
  const version3 = (address: string, parameters: string) =>
    `${head}channels:\n  c:\n    address: ${address}\n    parameters: ${parameters}\n    messages: { m: ${message} }\n`;
  const version2 = (address: string, parameters: string) =>
    `asyncapi: 2.6.0\ninfo: { title: Inline, version: 1.0.0 }\nchannels:\n  "${address}":\n    parameters: ${parameters}\n    publish: { message: ${message} }\n`;

  test.each([
    ["declared", version3('"o.{x}"', "{ x: {} }"), ["x"], []],
    ["not declared", version3('"o.{y}.{x}.{y}"', "{ x: {} }"), ["x", "y"], [[5, 14]]],
    ["of none", version3("o", "{ x: {} }"), [], [[6, 19]]],
    [
      "misspelt",
      version3('"o.{x}"', "{ z: {} }"),
      ["x"],
      [
        [5, 14],
        [6, 19],
      ],
    ],
    ["not declared in version 2", version2("o.{x}", "{}"), ["x"], [[4, 3]]],
    ["of none in version 2", version2("o", "{ x: { schema: { type: string } } }"), [], [[5, 19]]],
  ])("%s", async (_, text, names, places) => {
    const { contract, diagnostics } = await inline(text);
    expect(contract?.channels[0]?.parameters.map(({ name }) => name)).toEqual(names);
    const found = diagnostics.filter(({ rule }) => rule === "address-undeclared");
    expect(found.map(({ line, column }) => [line, column])).toEqual(places);
  });

  test("which the topic of the Kafka binding need not have", async () => {
    const bound = version3('"o.{x}"', "{ x: {} }").replace(
      "messages:",
      "bindings: { kafka: { topic: o } }\n    messages:",
    );
    const { contract, broken } = await inline(bound);
    expect(broken).toEqual([]);
    expect(contract?.channels[0]).toMatchObject({ address: "o", parameters: [] });
  });

  test("braces without a name are not a parameter", async () => {
    expect((await inline(version3('"o.{}"', "{}"))).broken).toEqual(["address-topic"]);
  });
});

test("an example whose payload is a reference is not judged", async () => {
  const { broken } = await inline(
    oneMessage(
      '{ payload: { type: object, required: [id], properties: { id: {} } }, examples: [{ payload: { $ref: "./a.json" } }] }',
    ),
    { "a.json": '{ "id": "1" }' },
  );
  expect(broken).toEqual([]);
});
