// What the official parser refuses although no generated code depends on it: a warning, and an error where that is asked for.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatDiagnostic, parseContract } from "../src/index.js";
import { fieldsOf, objectAt } from "../src/official/places.js";
import { unread, unreadPart } from "../src/official/unread.js";

const readFile = (files: { readonly [path: string]: string }) => async (path: string) => {
  const found = files[path];
  if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return found;
};

/** What the official parser says of a document, as lines, and the topics that come of it. */
const judged = async (text: string, strict = false, files: { readonly [path: string]: string } = {}) => {
  const { contract, diagnostics } = await parseContract(text, { file: "main.yaml", strict, readFile: readFile(files) });
  const official = diagnostics.filter(({ rule, severity }) => rule.startsWith("asyncapi") && severity !== "info");
  return {
    said: official.map(formatDiagnostic),
    severities: [...new Set(official.map(({ severity }) => severity))],
    topics: contract?.channels.map(({ address }) => address) ?? null,
    contract,
  };
};

/** A document of version 3 with one line more at each place, which is empty unless it is named. */
const of3 = (at: { readonly [place: string]: string }) => `asyncapi: 3.0.0
info: { title: Parcels, version: 1.0.0${at.info ? `, ${at.info}` : ""} }
${at.root ?? "x-root: 1"}
servers: { k: { host: "b.example:9092", protocol: kafka${at.server ? `, ${at.server}` : ""} } }
channels:
  sent:
    address: parcel.sent${at.parameter ? ".{id}" : ""}
    parameters: { ${at.parameter ? `id: { ${at.parameter} }` : ""} }
    ${at.channel ?? "x-channel: 1"}
    bindings: { kafka: { ${at.binding ?? ""} }${at.bindings ? `, ${at.bindings}` : ""} }
    messages: { Sent: { payload: { type: object, properties: { tags: { type: string } } }${at.message ? `, ${at.message}` : ""} } }
operations: { sendIt: { action: send, channel: { $ref: "#/channels/sent" }${at.operation ? `, ${at.operation}` : ""} } }
components: { ${at.components ?? ""} }
`;

const of2 = (at: { readonly [place: string]: string }) => `asyncapi: 2.6.0
info: { title: Parcels, version: 1.0.0${at.info ? `, ${at.info}` : ""} }
${at.root ?? "x-root: 1"}
servers: { k: { url: "b.example:9092", protocol: kafka${at.server ? `, ${at.server}` : ""} } }
channels:
  parcel.sent:
    ${at.channel ?? "x-channel: 1"}
    publish: { operationId: sendIt, message: { name: Sent, payload: { type: object }${at.message ? `, ${at.message}` : ""} }${at.operation ? `, ${at.operation}` : ""} }
`;

const idle: readonly (readonly [string, string, string])[] = [
  ["a field of info that AsyncAPI does not know", "info", "team: logistics"],
  ["one in a server", "server", "environment: test"],
  ["a section of components that nothing refers to", "components", "errors: { a: 1 }"],
  ["tags in the root", "root", "tags: [{ name: a }]"],
  ["externalDocs in the root", "root", 'externalDocs: { url: "https://a.example" }'],
  ["an email without an @", "info", "contact: { email: none }"],
  ["a contact that is a text", "info", "contact: me"],
  ["a licence without a name", "info", 'license: { url: "https://a.example" }'],
  ["terms that are not at a URL", "info", "termsOfService: none yet"],
  ["an id that is not a URI", "root", "id: parcel service"],
  ["tags that are texts", "channel", "tags: [a, b]"],
  ["tags that are a map", "message", "tags: { a: b }"],
  ["externalDocs without a URL", "operation", "externalDocs: { description: a }"],
  ["a description that is a list", "message", "description: [a]"],
  ["a summary that is a number", "operation", "summary: 7"],
  ["an example without its payload around it", "message", "examples: [{ weight: 1 }]"],
  ["examples that are a map", "message", "examples: { a: { payload: {} } }"],
  ["the security of version 2", "server", "security: [{ scram: [] }]"],
  ["a security scheme that AsyncAPI does not know", "components", "securitySchemes: { a: { type: mutualTLS } }"],
  ["a variable of another shape", "server", "variables: { a: b }"],
  ["a binding of another protocol", "bindings", "amqp: { is: neither }"],
  ["an old bindingVersion", "binding", "bindingVersion: 0.1.0"],
];

describe("what no generated code depends on is a warning", () => {
  test.each(idle)("%s", async (_, place, field) => {
    const { said, severities, contract } = await judged(of3({ [place]: field }));
    expect(severities).toEqual(["warning"]);
    for (const one of said) expect(one).toContain("; no generated code depends on it");
    const { contract: plain } = await judged(of3(place === "parameter" ? { parameter: "x-a: 1" } : {}));
    expect(
      contract?.channels.map(({ address, messages }) => [address, messages.map(({ payload }) => payload)]),
    ).toEqual(plain?.channels.map(({ address, messages }) => [address, messages.map(({ payload }) => payload)]));
  });

  test.each(idle)("%s is an error with strict", async (_, place, field) => {
    const { said, severities, topics } = await judged(of3({ [place]: field }), true);
    expect(severities).toEqual(["error"]);
    expect(said.join()).not.toContain("no generated code depends on it");
    expect(topics).toBeNull();
  });

  test("it is told at its place, with what to do", async () => {
    expect((await judged(of3({ info: "owner: logistics" }))).said).toEqual([
      'main.yaml:2:41 warning asyncapi/asyncapi-document-resolved  Property "owner" is not expected to be here; no generated code depends on it\n' +
        "  fix: remove it, or begin its name with x-: other fields are not allowed here",
    ]);
  });

  test.each([
    ["info", "contact: { email: none }"],
    ["info", "team: logistics"],
    ["server", "environment: test"],
    ["channel", "description: [a]"],
    ["operation", "tags: [a]"],
    ["message", "examples: [7]"],
    ["server", "security: [{ scram: 1 }]"],
  ])("in version 2: %s with %s", async (place, field) => {
    const { severities, topics } = await judged(of2({ [place]: field }));
    expect([severities, topics]).toEqual([["warning"], ["parcel.sent"]]);
    expect((await judged(of2({ [place]: field }), true)).severities).toEqual(["error"]);
  });

  test("many at once, each told", async () => {
    const { said, severities } = await judged(
      of3({
        info: "status: a, phase: b",
        channel: "description: [a]\n    title: [b]",
        message: "tags: [a], examples: [7]",
      }),
    );
    expect(severities).toEqual(["warning"]);
    expect(said).toHaveLength(6);
  });
});

const decisive: readonly (readonly [string, string, string])[] = [
  ["a field that AsyncAPI does not know", "channel", "owner: logistics"],
  ["one in the root", "root", "status: draft"],
  ["one in an operation", "operation", "audience: all"],
  ["one in a message", "message", "data: { type: object }"],
  ["alternatives where a message belongs", "message", "oneOf: []"],
  ["one in Kafka's binding", "binding", "configuration: {}"],
  ["a binding of a protocol that is none", "bindings", "carrierpigeon: {}"],
  ["a misspelt field", "channel", "adress: parcel.lost"],
  ["a misspelt field of a binding", "binding", "partitons: 3"],
  ["a misspelt protocol of a binding", "bindings", "kafak: {}"],
  ["a topic beside its binding", "channel", "topic: parcels"],
  ["partitions beside their binding", "channel", "partitions: 3"],
  ["publish of version 2", "channel", "publish: {}"],
  ["a key beside its binding", "message", "key: { type: string }"],
  ["a key by another name", "channel", "partitionKey: id"],
  ["a payload by another name", "message", "payloadSchema: {}"],
  ["a schema where a message belongs", "message", "properties: {}"],
  ["an extension without its x-", "root", "ordering: parcels"],
  ["an operationId that is another", "operation", "operationId: publishIt"],
  ["a messageId that is another", "message", "messageId: Parcel"],
  ["a parameter's values in its schema", "parameter", "schema: { enum: [a] }"],
  ["a contentType of another type", "message", "contentType: [a]"],
  ["a wrong type in a payload", "message", "headers: { type: objekt }"],
  ["a field in a correlation id", "message", "correlationId: { location: 7 }"],
  ["partitions that are a text", "binding", "partitions: three"],
];

test.each(decisive)("what decides what is sent where stays an error: %s", async (_, place, field) => {
  const { severities, topics } = await judged(of3({ [place]: field }));
  expect([severities, topics]).toEqual([["error"], null]);
});

test("an error beside it is told, and decides", async () => {
  const { said, topics } = await judged(of3({ channel: "tags: [a]\n    adress: b" }));
  expect(topics).toBeNull();
  expect(said.map((one) => one.split(" ")[1])).toEqual(["warning", "error"]);
});

const inTwoPlaces = `asyncapi: 3.0.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { host: "b.example:9092", protocol: kafka, bindings: &b { kafka: { partitions: three } } } }
channels:
  sent: { address: parcel.sent, title: &t [a], bindings: *b, messages: { Sent: { payload: { type: object } } } }
  lost: { address: *t, messages: { Lost: { payload: { type: object } } } }
`;

test("what an alias repeats is judged at each place by itself", async () => {
  const { said, topics } = await judged(inTwoPlaces);
  expect(topics).toBeNull();
  const errors = said.filter((one) => one.includes(" error ")).join("\n");
  expect(errors).toContain('"partitions" property type must be integer');
  expect(errors).toContain('"address" property type must be string');
  const { topics: once } = await judged(inTwoPlaces.replace("bindings: *b, ", "").replace("*t", "parcel.lost"));
  expect(once).toEqual(["parcel.sent", "parcel.lost"]);
});

test("what something else refers to is an error, and is told as what it is", async () => {
  const { said, topics } = await judged(
    of3({
      message: 'examples: { a: { type: string } }, headers: { $ref: "#/channels/sent/messages/Sent/examples/a" }',
    }),
  );
  expect(topics).toBeNull();
  expect(said.join("\n")).not.toMatch(/does not exist|no generated code/);
});

test("a section of components that AsyncAPI does not know is an error where something refers to it", async () => {
  const headers = '$ref: "#/components/payloads/a"';
  const section = "payloads: { a: { type: object } }";
  const { said, topics } = await judged(of3({ components: section, message: `headers: { ${headers} }` }));
  expect(topics).toBeNull();
  expect(said).toEqual([
    expect.stringContaining('error asyncapi/asyncapi-document-resolved  Property "payloads" is not'),
  ]);
});

test("in a file behind a $ref all findings are errors", async () => {
  const text = of3({ message: "x-a: 1" }).replace(/messages: .*/, 'messages: { Sent: { $ref: "other.yaml#/m" } }');
  const { severities } = await judged(text, false, { "other.yaml": "m: { payload: { type: object }, tags: [a] }\n" });
  expect(severities).toEqual(["error"]);
});

test("a name with half a surrogate pair is a name", async () => {
  const channels = { "a\ud800": { address: "a", tags: 7, messages: { m: { payload: {} } } } };
  const info = { title: "A", version: "1.0.0" };
  expect((await judged(JSON.stringify({ asyncapi: "3.0.0", info, channels }))).severities).toEqual(["warning"]);
});

test("a name inside a schema is not a part of the document", () => {
  expect(unreadPart(["channels", "a", "messages", "m", "payload", "properties", "tags"], 3)).toBeNull();
  const inside = ["properties", "messages", "m", "bindings", "kafka", "bindingVersion"];
  expect(unreadPart(["channels", "a", "messages", "m", "payload", ...inside], 3)).toBeNull();
  expect(unreadPart(["components", "schemas", "S", ...inside], 3)).toBeNull();
  expect(unreadPart(["channels", "tags", "address"], 3)).toBeNull();
  expect(unreadPart(["channels", "a", "messages", "m", "tags", "0", "name"], 3)).toEqual([
    "channels",
    "a",
    "messages",
    "m",
    "tags",
  ]);
  expect(unreadPart(["channels", "a", "publish", "message", "examples", "0"], 2)).toHaveLength(5);
});

test("objects of version 2 are known by their own fields", () => {
  expect(fieldsOf(objectAt(["channels", "a"], 2) ?? "root")).toContain("publish");
  expect(fieldsOf(objectAt(["channels", "a"], 3) ?? "root")).toContain("address");
});

test("the page of the rule names each part that may be wrong", () => {
  const page = readFileSync(new URL("../../../docs/rules/asyncapi.md", import.meta.url), "utf8");
  for (const field of Object.values(unread).flat()) expect(page).toContain(`\`${field}\``);
});
