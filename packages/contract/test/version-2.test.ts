import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Contract, Diagnostic } from "../src/index.js";
import { parseContract } from "../src/index.js";
import { loadContractSource } from "../src/source.js";
import { inline } from "./inline.js";

const order = "{ type: object, required: [id], properties: { id: { type: string } } }";

/** A document of version 2 with one channel, whose parts are given as flow maps. */
const document = (
  channel: string,
  { version = "2.6.0", topic = "order.placed", rest = "" } = {},
) => `asyncapi: ${version}
info: { title: Orders, version: 1.0.0 }
servers: { k: { url: "b.example:9092", protocol: kafka } }
channels: { "${topic}": ${channel} }
${rest}`;

const errors = ({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);

/** What is said of more than missing texts. */
const places = ({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) =>
  diagnostics
    .filter(({ severity, rule }) => severity !== "info" && !/example-missing|kafka-missing/.test(rule))
    .map(({ file, line, column, severity, rule }) => `${file}:${line}:${column} ${severity} ${rule}`);

/** The contract of a document without errors. */
const contractOf = async (text: string, files: { readonly [path: string]: string } = {}): Promise<Contract> => {
  const { contract, diagnostics } = await inline(text, files);
  return contract ?? expect.fail(JSON.stringify(diagnostics));
};

const channelOf = async (channel: string, rest = "", files = {}) => {
  const [found] = (await contractOf(document(channel, { rest }), files)).channels;
  return found ?? expect.fail("no channel");
};

describe.each(["2.0.0", "2.3.0", "2.6.0"])("a document of version %s", (version) => {
  const text = document(`{ publish: { operationId: onPlaced, message: { name: OrderPlaced, payload: ${order} } } }`, {
    version,
  });

  test("is read as it is, without a word about its version", async () => {
    const { contract, broken } = await inline(text);
    expect(broken).toEqual([]);
    expect(contract).toMatchObject({
      asyncapi: version,
      channels: [{ id: "order.placed", address: "order.placed", position: { line: 4, column: 13 } }],
      operations: [{ id: "onPlaced", action: "receive", messages: ["OrderPlaced"], position: { line: 4, column: 31 } }],
    });
    expect(contract?.channels[0]?.messages).toMatchObject([{ name: "OrderPlaced", payload: { required: ["id"] } }]);
  });

  test("is taken by its perspective, which the result states", async () => {
    const taken = async (perspective?: "application" | "client") => {
      const { contract, conversion } = await parseContract(text, perspective ? { perspective } : {});
      return [contract?.operations[0]?.action, conversion];
    };
    expect(await taken()).toEqual(["receive", { version, perspective: "application" }]);
    expect(await taken("client")).toEqual(["send", { version, perspective: "client" }]);
  });
});

test("a document of version 3 is not converted, whatever the perspective", async () => {
  const text = "asyncapi: 3.1.0\ninfo: { title: A, version: 1.0.0 }\nchannels: {}\n";
  expect((await parseContract(text, { perspective: "client" })).conversion).toBeNull();
});

describe("what version 3 writes otherwise", () => {
  const component = (name: string, rest = "") => `components: { messages: { ${name}: { payload: ${order} } }${rest} }`;

  test("messages keep the names of their components, and one is one, whoever sends it", async () => {
    const ref = '{ $ref: "#/components/messages/OrderPlaced" }';
    const channel = await channelOf(
      `{ publish: { message: ${ref} }, subscribe: { message: ${ref} } }`,
      component("OrderPlaced"),
    );
    expect(channel.messages).toMatchObject([{ id: "OrderPlaced", name: "OrderPlaced", component: "OrderPlaced" }]);
  });

  test("each choice of oneOf is a message, also behind a reference and within another", async () => {
    const own = '{ $ref: "#/components/messages/Placed" }';
    const inner = `{ oneOf: [{ messageId: paid, payload: ${order} }, { payload: ${order} }] }`;
    const contract = await contractOf(
      document(`{ publish: { message: { oneOf: [${own}, { $ref: "other.yaml#/Group" }] } } }`, {
        rest: component("Placed"),
      }),
      { "other.yaml": `Group: ${inner}\n` },
    );
    const ids = ["Placed", "paid", "order.placed.message"];
    expect(contract.channels[0]?.messages.map(({ id }) => id)).toEqual(ids);
    expect(contract.operations[0]?.messages).toEqual(ids);
  });

  test("messages of one id and other contents both stay", async () => {
    const one = `{ messageId: Same, name: First, payload: ${order} }`;
    const other = `{ name: Same, payload: ${order} }`;
    const channel = await channelOf(`{ publish: { message: ${one} }, subscribe: { message: ${other} } }`);
    expect(channel.messages.map(({ id }) => id)).toEqual(["Same", "Same_2"]);
  });

  test("traits win over what they are applied to, as version 2 has it", async () => {
    const traits = '{ $ref: "#/components/messageTraits/common" }';
    const rest = `components: { messageTraits: { common: { summary: of the trait, headers: { type: object } } }, operationTraits: { app: { x-app: shop, bindings: { kafka: { groupId: { const: g } } } } } }`;
    const message = `{ name: A, summary: its own, traits: [${traits}], payload: ${order} }`;
    const text = document(
      `{ publish: { traits: [{ $ref: "#/components/operationTraits/app" }], message: ${message} } }`,
      { rest },
    );
    const contract = await contractOf(text);
    expect(contract.channels[0]?.messages[0]).toMatchObject({ summary: "of the trait", headers: { type: "object" } });
    expect(contract.operations[0]).toMatchObject({ app: "shop", groupId: "g" });
  });

  test("the format of a payload stands beside it, also in a trait and in another file", async () => {
    const avro = "schemaFormat: application/vnd.apache.avro;version=1.9.0";
    const record = "payload: { type: record, name: A, fields: [] }";
    const refused = (channel: string, rest = "", files = {}) => inline(document(channel, { rest }), files);
    const inOther = await refused('{ publish: { message: { $ref: "other.yaml#/A" } } }', "", {
      "other.yaml": `A:\n  ${avro}\n  ${record}\n`,
    });
    const behindRef = await refused(`{ publish: { message: { ${avro}, payload: { $ref: a.avsc } } } }`, "", {
      "a.avsc": '{ "type": "record", "name": "A", "fields": [] }',
    });
    const protobuf = await refused(
      "{ publish: { message: { schemaFormat: application/vnd.google.protobuf;version=3, payload: { $ref: a.proto } } } }",
      "",
      { "a.proto": 'syntax = "proto3"; message A { string id = 1; }' },
    );
    const elsewhere = ["https://registry.example/a.avsc", "missing.avsc"];
    for (const ref of elsewhere) {
      const unread = await refused(`{ publish: { message: { ${avro}, payload: { $ref: "${ref}" } } } }`);
      expect(places(unread)).toEqual(["main.yaml:4:67 warning schema-format"]);
    }
    for (const payload of ["a.avsc", "missing.avsc"]) {
      const besideText = await refused(
        `{ publish: { message: { description: Placed., $ref: "#/components/messages/A" } } }`,
        `components: { messages: { A: { ${avro}, payload: { $ref: ${payload} } } } }`,
        { "a.avsc": '{ "type": "record", "name": "A", "fields": [] }' },
      );
      expect(places(besideText)).toEqual(["main.yaml:5:46 warning schema-format"]);
    }
    const inTrait = await refused(`{ publish: { message: { traits: [{ ${avro} }], ${record} } } }`);
    expect(places(inOther)).toEqual(["other.yaml:2:17 warning schema-format"]);
    expect(places(behindRef)).toEqual(["main.yaml:4:67 warning schema-format"]);
    expect(places(protobuf)).toEqual(["main.yaml:4:67 warning schema-format"]);
    expect(places(inTrait)).toContain("main.yaml:4:78 warning schema-format");
  });

  test("servers have a url, variables and security; channels name theirs", async () => {
    const text = `asyncapi: 2.6.0
info: { title: Orders, version: 1.0.0 }
servers:
  k:
    url: "{region}.example:9092/path"
    protocol: kafka
    variables: { region: { default: eu } }
    security: [{ user: [] }, { token: [write] }]
  m: { url: mqtt://m.example, protocol: mqtt }
channels:
  a: { servers: [k], publish: { message: { payload: ${order} } } }
  b: { servers: [m], publish: { message: { payload: ${order} } } }
  c: { publish: { security: [{ user: [] }], message: { payload: ${order} } } }
components:
  securitySchemes:
    user: { type: userPassword }
    token: { type: oauth2, flows: { clientCredentials: { tokenUrl: "https://t.example", scopes: { write: writes } } } }
`;
    expect((await contractOf(text)).channels.map(({ id }) => id)).toEqual(["a", "c"]);
  });

  test("parameters have a schema, here or behind a reference", async () => {
    const rest =
      "components: { schemas: { Region: { type: string, enum: [eu, us], default: eu } }, parameters: { kind: { schema: { const: web } } } }";
    const text = document(
      `{ parameters: { region: { description: where, x-more: 1, schema: { $ref: "#/components/schemas/Region" } }, kind: { $ref: "#/components/parameters/kind" } }, publish: { message: { payload: ${order} } } }`,
      { topic: "order.{region}.{kind}", rest },
    );
    expect((await contractOf(text)).channels[0]?.parameters).toEqual([
      { name: "region", description: "where", enum: ["eu", "us"], default: "eu" },
      { name: "kind", description: null, enum: ["web"], default: null },
    ]);
  });

  test("bindings of any version are read, and what reads the key too", async () => {
    const channel = `{ x-ordering: orders, bindings: { kafka: { topic: t, partitions: 6, bindingVersion: 0.1.0 } }, publish: { message: { payload: ${order}, bindings: { kafka: { key: { type: string } } } } } }`;
    const rest = 'x-ordering: { orders: { key: "$message.payload#/id", partitioner: murmur2 } }';
    const found = await channelOf(channel, rest);
    expect(found).toMatchObject({ address: "t", partitions: 6, domain: "orders" });
    expect(found.messages[0]?.keySchema).toEqual({ type: "string" });
  });

  test("a group or client that is a plain name is the one value that the binding allows, as a warning says", async () => {
    const bindings = "bindings: { kafka: { groupId: billing, clientId: app } }";
    const text = document(`{ publish: { operationId: on, ${bindings}, message: { name: A, payload: ${order} } } }`);
    const { contract, diagnostics, broken } = await inline(text);
    expect(contract?.operations[0]?.groupId).toBe("billing");
    expect(broken).toEqual(["group-id-schema", "group-id-schema"]);
    expect(diagnostics.find(({ rule }) => rule === "group-id-schema")).toMatchObject({
      ...{ line: 4, column: 89 },
      fix: expect.stringContaining("billing"),
    });
  });

  test("a key that names no source gets its lines", async () => {
    const bindings = "bindings: { kafka: { key: { type: string } } }";
    const { diagnostics } = await inline(
      document(`{ publish: { message: { name: A, payload: ${order}, ${bindings} } } }`),
    );
    const found = diagnostics.find(({ rule }) => rule === "key-source");
    expect(found).toMatchObject({ line: 4 });
    expect(found?.lines?.join()).toContain("$message.payload#/id");
  });

  test("a channel, a message and its parts may stand in other files, from where their references start", async () => {
    const files = {
      "parts/channels.yaml": `placed:\n  subscribe:\n    message: { $ref: "messages.yaml#/messages/Placed" }\n`,
      "parts/messages.yaml": `messages:\n  Placed:\n    name: Placed\n    payload: { $ref: "#/schemas/Order" }\nschemas:\n  Order: ${order}\n`,
    };
    const channel = await channelOf('{ $ref: "parts/channels.yaml#/placed" }', "", files);
    expect(channel).toMatchObject({ address: "order.placed", position: { file: "main.yaml", line: 4, column: 13 } });
    expect(channel.messages).toMatchObject([
      {
        name: "Placed",
        component: null,
        payload: { $ref: "#/schemas/messages_Order" },
        position: { file: "parts/messages.yaml", line: 2 },
      },
    ]);
  });

  test("a channel in the components has the name that it is used by as its topic", async () => {
    const rest = `components: { channels: { shared: { publish: { message: { name: A, payload: ${order} } } } } }`;
    const text = document(
      '{ $ref: "#/components/channels/shared" }, order.paid: { $ref: "#/components/channels/shared" }',
      { rest },
    );
    const { channels, operations } = await contractOf(text);
    expect(channels.map(({ address }) => address)).toEqual(["order.placed", "order.paid"]);
    expect(operations.map(({ id, channel }) => [id, channel])).toEqual([
      ["order.placed.publish", "order.placed"],
      ["order.paid.publish", "order.paid"],
    ]);
  });

  test("names are only names", async () => {
    const named = (names: readonly string[]) => {
      const channels = names.map(
        (name) => `"${name}": { publish: { message: { messageId: "${name}", payload: ${order} } } }`,
      );
      return `asyncapi: 2.6.0\ninfo: { title: A, version: 1.0.0 }\nchannels: { ${channels.join(", ")} }\n`;
    };
    const names = ["__proto__", "constructor", "a%41", "a/b~c"];
    const { channels, operations } = await contractOf(named(names));
    expect(channels.map(({ id }) => id)).toEqual(names);
    expect(operations.map(({ channel, messages }) => [channel, ...messages])).toEqual(names.map((one) => [one, one]));
    const odd = await inline(named(["$ref", "a"]));
    expect(odd.broken).not.toContain("asyncapi/uncaught-error");
  });
});

describe("a finding has its place in the document as it was written", () => {
  const flow = document(
    `{ x-ordering: no-such, bindings: { kafka: { topic: "a b" } }, publish: { message: { name: A, payload: { type: objekt }, examples: [{ payload: 1 }] } } }`,
  );
  const block = `asyncapi: 2.6.0
info:
  title: Orders
  version: 1.0.0
x-ordering:
  orders:
    key: $message.payload#/id
    partitioner: murmur2
channels:
  order.placed:
    publish:
      message:
        $ref: "#/components/messages/Placed"
  order.paid:
    bindings:
      kafka:
        topic: order paid
    subscribe:
      bindings:
        kafka:
          groupId:
            type: integer
      message:
        oneOf:
          - name: Paid
            payload:
              type: object
              properties:
                id:
                  type: string
            examples:
              - payload:
                  id: 1
components:
  messages:
    Placed:
      correlationId:
        location: $message.payload#/nothing
      payload:
        $ref: "#/components/schemas/Order"
  schemas:
    Order:
      type: object
      properties:
        id:
          type: string
          pattern: "^(a+)+$"
`;

  const found = async (text: string) => {
    const { diagnostics } = await inline(text);
    return diagnostics
      .filter(({ rule }) => !/app-missing|example-missing/.test(rule))
      .map(({ line, column, rule }) => `${line}:${column} ${rule}`);
  };

  test("in block YAML", async () => {
    expect(await found(block)).toEqual([
      "17:16 address-topic",
      "21:11 group-id-schema",
      "29:17 key-required",
      "33:23 example-invalid",
      "38:19 correlation-unresolved",
      "45:9 key-required",
      "47:20 pattern-exponential",
    ]);
  });

  test("in flow YAML", async () => {
    const places = await found(flow);
    expect(places).toContain("4:43 ordering-domain");
    expect(places).toContain("4:80 address-topic");
    expect(places).toContain("4:139 asyncapi/asyncapi-document-resolved");
  });

  test("in JSON", async () => {
    const json = JSON.stringify(parse(block), null, 2);
    expect(await found(json)).toEqual([
      "24:20 address-topic",
      "30:24 group-id-schema",
      "42:19 key-required",
      "50:27 example-invalid",
      "64:23 correlation-unresolved",
      "75:11 key-required",
      "77:24 pattern-exponential",
    ]);
  });
});

describe("what is not of one version is a finding", () => {
  test.each([
    ["operations", `${document("{}")}operations: {}\n`, "5:1"],
    ["address", document("{ address: a }"), "4:31"],
    ["messages", document("{ messages: {} }"), "4:31"],
    ["host", document("{}").replace("url:", "host:"), "3:17"],
    ["replies", document("{}", { rest: "components: { replies: {} }\n" }), "5:15"],
  ])("%s in version 2", async (part, text, place) => {
    const { diagnostics } = await inline(text);
    expect(diagnostics).toMatchObject([
      { rule: "asyncapi-version", message: `${part} is part of the layout of AsyncAPI 3, and the document says 2.6.0` },
    ]);
    expect(errors({ diagnostics })).toEqual([`main.yaml:${place} asyncapi-version`]);
  });

  test.each(["1.2.0", "2.0.0-rc1", "2.7.0", "3.2.0", "2.6"])("version %s", async (version) => {
    const { diagnostics } = await inline(document("{}", { version }));
    expect(errors({ diagnostics })).toEqual(["main.yaml:1:11 asyncapi-version"]);
  });

  test("a reference between the versions, also one that comes back", async () => {
    const old = document('{ $ref: "new.yaml#/channels/back" }');
    const fresh = `asyncapi: 3.1.0\ninfo: { title: A, version: 1.0.0 }\nchannels: { back: { $ref: "main.yaml#/channels/order.placed" } }\n`;
    const there = await inline(old, { "new.yaml": fresh, "main.yaml": old });
    expect(errors(there)).toContain("main.yaml:4:37 asyncapi-version");
    const back = await inline(fresh.replace("main.yaml", "old.yaml"), {
      "old.yaml": old.replace("new.yaml", "main.yaml"),
    });
    expect(errors(back)).toContain("main.yaml:3:27 asyncapi-version");
  });

  test("schemas are the same in both, and may be shared", async () => {
    const schemas = `asyncapi: 3.1.0\ninfo: { title: A, version: 1.0.0 }\nchannels: {}\ncomponents: { schemas: { Order: ${order} } }\n`;
    const ref = '{ $ref: "new.yaml#/components/schemas/Order" }';
    const channel = await channelOf(`{ publish: { message: { payload: ${ref} } } }`, "", { "new.yaml": schemas });
    expect(channel.messages[0]?.payload).toEqual({ $ref: "#/schemas/new_Order" });
  });
});

describe("a part that the converter does not bear", () => {
  const text = document("{}").replace('url: "b.example:9092", ', "");

  test("is what the official parser reports, and no more", async () => {
    expect(errors(await inline(text))).toEqual(["main.yaml:3:15 asyncapi/asyncapi-document-resolved"]);
  });

  test("is named where nothing else reports it", async () => {
    const { source, diagnostics } = await loadContractSource("main.yaml", { readFile: async () => text });
    expect(source).toBeNull();
    expect(errors({ diagnostics })).toEqual(["main.yaml:3:12 asyncapi-version"]);
    expect(diagnostics[0]?.message).toMatch(
      /^server k of AsyncAPI 2\.6\.0 cannot be converted: the converter fails \(/,
    );
  });

  test.each([
    "{ publish: null }",
    "null",
    "[]",
    "{ publish: { message: null } }",
    "{ publish: { message: { oneOf: [null, 1] } } }",
    "{ publish: { message: { oneOf: {} } } }",
    "{ parameters: [], servers: 1, publish: { message: 1, security: [1], traits: 3 } }",
    "{ parameters: { a: null, b: { schema: 1 } } }",
    '{ $ref: "#/channels/order.placed" }',
    '{ publish: { message: { $ref: "#/channels/order.placed/publish/message" } } }',
    '{ publish: { message: { oneOf: [{ $ref: "#/channels/order.placed/publish/message" }] } } }',
    '{ publish: { message: { traits: [{ $ref: "#/channels/order.placed/publish/message" }] } } }',
    "{ publish: { security: [{ none: [a] }] } }",
    "{ x-keyline-node: 3, publish: { x-keyline-node: 0, message: { x-keyline-node: 1, payload: {} } } }",
  ])("%s ends in findings or a contract", async (channel) => {
    const { contract, broken, diagnostics } = await inline(document(channel));
    // The official parser itself fails over a message that is null.
    if (!channel.includes("message: null")) expect(broken).not.toContain("asyncapi/uncaught-error");
    expect(contract !== null || errors({ diagnostics }).length > 0).toBe(true);
  });
});

/** How much of the processor's time reading so many channels takes. */
async function timeOf(count: number): Promise<number> {
  const channels = Array.from(
    { length: count },
    (_, n) => `  c${n}: { publish: { message: { $ref: "#/components/messages/m${n % 100}" } } }\n`,
  );
  const messages = Array.from({ length: 100 }, (_, n) => `    m${n}: { payload: ${order} }\n`);
  const text = `asyncapi: 2.6.0\ninfo: { title: A, version: 1.0.0 }\nchannels:\n${channels.join("")}components:\n  messages:\n${messages.join("")}`;
  const started = process.cpuUsage();
  const { source } = await loadContractSource("main.yaml", { readFile: async () => text });
  expect(source?.contract.operations).toHaveLength(count);
  return process.cpuUsage(started).user;
}

test("the time of reading grows with the channels, not with their square", async () => {
  const few = await timeOf(500);
  // Four times as many; given a whole document the converter takes sixteen times as long.
  expect(await timeOf(2000)).toBeLessThan(few * 8);
});
