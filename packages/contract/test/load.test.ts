import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadContract, parseContract } from "../src/index.js";
import { head, inline, oneMessage } from "./inline.js";

const studentContract = fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url));

const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));

test("the student contract loads without a diagnostic", async () => {
  const { contract, diagnostics } = await loadContract(studentContract);
  expect(diagnostics).toEqual([]);
  expect(contract?.channels).toHaveLength(11);
  expect(contract?.domains).toMatchObject([
    { name: "students", keyPath: ["student_id"], keyType: "integer", partitioner: "fnv1a", partitions: 12 },
  ]);
  const executed = contract?.channels.find(({ address }) => address === "code.executed");
  expect(executed).toMatchObject({ id: "codeExecuted", domain: "students", wire: "cloudevents", replicas: 3 });
  expect(executed?.topicConfiguration).toEqual({ "cleanup.policy": ["delete"], "retention.ms": 1209600000 });
  expect(executed?.messages).toMatchObject([
    { name: "codeExecuted", component: "codeExecuted", correlation: { in: "payload", path: ["correlation_id"] } },
  ]);
  const receivers = contract?.operations.filter(({ action }) => action === "receive") ?? [];
  expect(receivers.map(({ app, groupId }) => `${app}:${groupId}`)).toEqual([
    ...Array(7).fill("progress:progress"),
    ...Array(8).fill("struggle:struggle"),
    ...Array(3).fill("teacher:teacher"),
  ]);
});

test("the result is frozen to its depths", async () => {
  expect(isDeepFrozen(await loadContract(studentContract))).toBe(true);
});

test("the result survives JSON and structuredClone", async () => {
  const result = await loadContract(studentContract);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(structuredClone(result)).toEqual(result);
});

test("two loads give the same bytes", async () => {
  const [first, second] = [await loadContract(studentContract), await loadContract(studentContract)];
  expect(JSON.stringify(first)).toBe(JSON.stringify(second));
});

test("a directory is reported, not thrown", async () => {
  const { contract, diagnostics } = await loadContract(fileURLToPath(new URL(".", import.meta.url)));
  expect(contract).toBeNull();
  expect(diagnostics).toMatchObject([{ rule: "file-unreadable", line: 1, column: 1 }]);
  expect(diagnostics[0]?.message).toMatch(/it is a directory$/);
});

test("positions name the file as the caller did", async () => {
  const { diagnostics } = await parseContract("a: [", { file: "some/where.yaml" });
  expect(diagnostics[0]?.file).toBe("some/where.yaml");
});

test("a byte order mark and carriage returns change nothing", async () => {
  const text = oneMessage("{ payload: { type: object } }");
  const plain = await inline(text);
  const windows = await inline(`\uFEFF${text.replaceAll("\n", "\r\n")}`);
  expect(windows.contract).toEqual(plain.contract);
});

test("an AsyncAPI document in JSON loads", async () => {
  const channels = { a: { address: "a", messages: { m: { payload: { type: "string" } } } } };
  const { contract } = await inline(
    JSON.stringify({ asyncapi: "3.0.0", info: { title: "J", version: "1.0.0" }, channels }, null, "\t"),
  );
  expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ type: "string" });
});

const shapeless: readonly (readonly [situation: string, text: string, rule: string, line: number])[] = [
  ["an empty file", "", "asyncapi-version", 1],
  ["a comment alone", "# nothing yet\n", "asyncapi-version", 1],
  ["a scalar", "hello", "asyncapi-version", 1],
  ["a list", "- a", "asyncapi-version", 1],
  ["an OpenAPI document", "openapi: 3.0.0\n", "asyncapi-version", 1],
  ["a version that is a number", "asyncapi: 3.1\n", "asyncapi-version", 1],
  ["bytes that are no text", "\u0000\u0001", "asyncapi-version", 1],
  ["an open bracket", "a:\n  b: [1, 2\n", "yaml-syntax", 3],
  ["a tab as indentation", "a:\n\tb: 1\n", "yaml-syntax", 2],
  ["a key written twice", "a: 1\nb: 2\na: 3\n", "yaml-syntax", 3],
  ["a second document", "asyncapi: 3.1.0\n---\nasyncapi: 3.1.0\n", "yaml-syntax", 2],
  ["an alias inside its own anchor", `${head}x-a: &a\n  b: *a\n`, "yaml-syntax", 4],
  ["an alias without an anchor", `${head}x-a: *nope\n`, "yaml-syntax", 3],
  ["infinity", `${head}x-a: .inf\n`, "yaml-syntax", 3],
  ["a map as a key", `${head}x-a:\n  ? { b: 1 }\n  : 2\n`, "yaml-syntax", 4],
  ["a merge of a number", `${head}x-a: { <<: 5 }\n`, "yaml-syntax", 3],
  ["brackets without end", `${head}x-a: ${"[".repeat(5000)}`, "yaml-syntax", 3],
  [
    "a nested map of a thousand levels",
    Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    "yaml-syntax",
    202,
  ],
];

test.each(shapeless)("%s gets one clear diagnostic", async (_, text, rule, line) => {
  const { contract, diagnostics } = await inline(text);
  expect(contract).toBeNull();
  expect(diagnostics[0]).toMatchObject({ rule, line, severity: "error" });
});

test("aliases that expand without end are refused at once", async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `x-${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join()}]\n`);
  const { diagnostics } = await inline(`${head}x-0: &a0 [1,2,3,4,5,6,7,8,9,0]\n${levels.join("")}`);
  expect(diagnostics).toMatchObject([{ rule: "yaml-syntax", message: "aliases expand to more than 2000000 values" }]);
});

test("anchors, aliases and merge keys give what they stand for", async () => {
  const text = `${head}x-base: &base { type: object, title: Base }\nchannels: { a: { address: a, messages: { m: { payload: { <<: *base, title: Own } } } } }\n`;
  const { contract } = await inline(text);
  expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ title: "Own", type: "object" });
});

test("keys named like object internals stay keys", async () => {
  const payload =
    "{ type: object, required: [__proto__], properties: { __proto__: { type: string }, constructor: { type: integer } } }";
  const { contract, broken } = await inline(
    oneMessage(`{ payload: ${payload}, examples: [{ payload: { __proto__: 5, constructor: no } }] }`),
  );
  expect(broken).toEqual(["example-invalid"]);
  const schema = contract?.channels[0]?.messages[0]?.payload;
  expect(JSON.stringify(schema)).toContain(
    '"properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}}',
  );
});

const misshapen: readonly (readonly [situation: string, text: string])[] = [
  ["collections of the wrong kind", `${head}channels: [1]\noperations: 5\ncomponents: null\nservers: x\n`],
  [
    "channels of the wrong kind",
    `${head}channels: { a: 5, b: null, c: [], d: { address: {}, messages: 7, bindings: [], servers: 3 } }\n`,
  ],
  [
    "messages of the wrong kind",
    `${head}channels: { e: { address: e, messages: { m: null, n: 3, o: { payload: 5, headers: [], traits: 3, examples: {}, bindings: { kafka: 3 }, correlationId: 4 } } } }\n`,
  ],
  [
    "operations of the wrong kind",
    `${head}channels: {}\noperations: { o: 3, p: { action: x }, q: { action: send, channel: 5, messages: 3, traits: [5] } }\n`,
  ],
  [
    "orderings of the wrong kind",
    `${head}x-ordering: { a: 5, none: {}, b: { key: 3, partitioner: [] } }\nx-wire: [1]\nchannels: {}\n`,
  ],
  [
    "a schema of the wrong kind",
    oneMessage("{ payload: { type: integre, required: yes, properties: 5, allOf: {}, enum: 3 } }"),
  ],
];

test.each(misshapen)("%s are errors, and nothing is thrown", async (_, text) => {
  const { contract, diagnostics } = await inline(text);
  expect(contract).toBeNull();
  expect(diagnostics.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
});

test("500 channels load in a few seconds", { timeout: 60_000 }, async () => {
  const ids = Array.from({ length: 500 }, (_, i) => i);
  const channels = ids.map(
    (i) => `  c${i}: { address: t.${i}, messages: { m: { $ref: "#/components/messages/m${i}" } } }\n`,
  );
  const payload = (i: number) =>
    `{ allOf: [{ $ref: "#/components/schemas/Envelope" }, { properties: { f${i}: { type: string } } }] }`;
  const messages = ids.map((i) => `    m${i}: { payload: ${payload(i)}, examples: [{ payload: { id: ${i} } }] }\n`);
  const schemas = "  schemas: { Envelope: { type: object, required: [id], properties: { id: { type: integer } } } }\n";
  const ordering = "x-ordering: { d: { key: $message.payload#/id, partitioner: murmur2 } }\n";
  const { contract, broken } = await inline(
    `${head}${ordering}channels:\n${channels.join("")}components:\n  messages:\n${messages.join("")}${schemas}`,
  );
  expect(broken).toEqual([]);
  expect(contract?.domains[0]?.channels).toHaveLength(500);
});

test("an example is a multiple in the decimals that it is written in, as the SDK has it", async () => {
  const payload = "{ type: number, multipleOf: 0.01 }";
  const brokenBy = async (value: string) =>
    (await inline(oneMessage(`{ payload: ${payload}, examples: [{ payload: ${value} }] }`))).broken;
  expect(await brokenBy("0.07")).toEqual([]);
  expect(await brokenBy("19.99")).toEqual([]);
  expect(await brokenBy("0.075")).toEqual(["example-invalid"]);
});

test("an example is compared by its fields, whatever their names, as the SDK has it", async () => {
  const brokenBy = async (schema: string, value: string) =>
    (await inline(oneMessage(`{ payload: ${schema}, examples: [{ payload: ${value} }] }`))).broken;
  for (const name of ["toString", "valueOf", "constructor"]) {
    expect(await brokenBy("{ enum: [{}] }", `{ ${name}: x }`)).toEqual(["example-invalid"]);
    expect(await brokenBy(`{ const: { ${name}: x } }`, `{ ${name}: x }`)).toEqual([]);
    expect(await brokenBy("{ uniqueItems: true }", `[{ ${name}: x }, { ${name}: x }]`)).toEqual(["example-invalid"]);
  }
});

test.each([
  ["asyncapi: 2.0", "AsyncAPI version 2 is not supported", "write 2.0.0"],
  ["asyncapi: 2.6", "AsyncAPI version 2.6 is not supported", "write 2.6.0"],
  ["asyncapi: '3'", 'AsyncAPI version "3" is not supported', "write 3.0.0"],
  ["asyncapi: 3.1", "AsyncAPI version 3.1 is not supported", "write 3.1.0"],
  ["asyncapi: 2.7", "AsyncAPI version 2.7 is not supported", "start the document with asyncapi: 3.1.0"],
  ["openapi: 3.0.0", "this is a document of OpenAPI, not of AsyncAPI", "describe its topics"],
  ["swagger: '2.0'", "this is a document of OpenAPI 2 (Swagger), not of AsyncAPI", "describe its topics"],
  ['// Of A.\nsyntax = "proto3";\nmessage A { string a = 1; }', "this is a document of Protobuf, not of AsyncAPI", ""],
  ["<?xml version='1.0'?>\n<a/>", "this is a document of XML, not of AsyncAPI", "describe its topics"],
])("%s is told as what it is", async (text, message, fix) => {
  const { diagnostics } = await inline(`${text}\n`);
  expect(diagnostics).toMatchObject([{ rule: "asyncapi-version", message, fix: expect.stringContaining(fix) }]);
});
