import { describe, expect, test } from "vitest";
import { head, inline } from "./inline.js";

const domain = (key: string) => `x-ordering: { d: { key: "$message.payload#/${key}", partitioner: murmur2 } }\n`;

const withPayload = (payload: string, key: string | undefined = "id", components = "") =>
  inline(
    `${head}${domain(key)}channels: { a: { address: a, messages: { m: { payload: ${payload} } } } }\n${components}`,
  );

const id = "{ type: integer }";
const has = "required: [id]";

const accepted: readonly (readonly [situation: string, payload: string, type: string, key?: string])[] = [
  ["a required integer", `{ type: object, ${has}, properties: { id: ${id} } }`, "integer"],
  ["a required string", `{ type: object, ${has}, properties: { id: { type: string } } }`, "string"],
  ["a constant", `{ ${has}, properties: { id: { const: x } } }`, "string"],
  ["an enum of strings", `{ ${has}, properties: { id: { enum: [x, y] } } }`, "string"],
  [
    "a number that allOf narrows to an integer",
    `{ ${has}, properties: { id: { type: number, allOf: [{ type: integer }] } } }`,
    "integer",
  ],
  [
    "required and declared in different parts of allOf",
    `{ allOf: [{ ${has} }, { properties: { id: ${id} } }] }`,
    "integer",
  ],
  [
    "every branch of oneOf has it",
    `{ oneOf: [{ ${has}, properties: { id: ${id} } }, { ${has}, properties: { id: ${id} } }] }`,
    "integer",
  ],
  [
    "declared beside anyOf, required in every branch",
    `{ properties: { id: ${id} }, anyOf: [{ ${has} }, { required: [id, b] }] }`,
    "integer",
  ],
  [
    "an impossible branch beside a good one",
    `{ ${has}, properties: { id: { oneOf: [{ type: integer }, false] } } }`,
    "integer",
  ],
  [
    "a nested field",
    "{ required: [a], properties: { a: { type: object, required: [b], properties: { b: { type: integer } } } } }",
    "integer",
    "a/b",
  ],
  ["a name with a slash", "{ required: [a/b], properties: { a/b: { type: integer } } }", "integer", "a~1b"],
];

describe("a key is accepted", () => {
  for (const [situation, payload, type, key] of accepted) {
    test(situation, async () => {
      const { contract, broken } = await withPayload(payload, key);
      expect(broken).toEqual([]);
      expect(contract?.domains[0]?.keyType).toBe(type);
    });
  }
});

const refused: readonly (readonly [situation: string, payload: string, rule: string, key?: string])[] = [
  ["an undeclared field", "{ type: object, properties: { x: { type: string } } }", "key-unresolved"],
  ["an undeclared field though it is required", `{ type: object, ${has} }`, "key-unresolved"],
  [
    "a field missing in one branch",
    `{ oneOf: [{ ${has}, properties: { id: ${id} } }, { type: object }] }`,
    "key-unresolved",
  ],
  ["an optional field", `{ properties: { id: ${id} } }`, "key-required"],
  [
    "a field optional in one branch",
    `{ properties: { id: ${id} }, anyOf: [{ ${has} }, { type: object }] }`,
    "key-required",
  ],
  [
    "a field that only then demands",
    `{ properties: { id: ${id} }, if: { required: [x] }, then: { ${has} } }`,
    "key-required",
  ],
  [
    "an optional parent",
    "{ properties: { a: { required: [b], properties: { b: { type: integer } } } } }",
    "key-required",
    "a/b",
  ],
  [
    "a parent that may be null",
    "{ required: [a], properties: { a: { type: [object, 'null'], required: [b], properties: { b: { type: integer } } } } }",
    "key-required",
    "a/b",
  ],
  ["a number", `{ ${has}, properties: { id: { type: number } } }`, "key-type"],
  ["a string or null", `{ ${has}, properties: { id: { type: [string, 'null'] } } }`, "key-type"],
  ["a nullable string", `{ ${has}, properties: { id: { type: string, nullable: true } } }`, "key-type"],
  [
    "a nullable string of OpenAPI",
    `{ schemaFormat: application/vnd.oai.openapi;version=3.0.0, schema: { ${has}, properties: { id: { type: string, nullable: true } } } }`,
    "key-type",
  ],
  [
    "a nullable parent",
    "{ required: [a], properties: { a: { type: object, nullable: true, required: [b], properties: { b: { type: integer } } } } }",
    "key-required",
    "a/b",
  ],
  [
    "an integer or a string",
    `{ ${has}, properties: { id: { oneOf: [{ type: integer }, { type: string }] } } }`,
    "key-type",
  ],
  ["no type", `{ ${has}, properties: { id: {} } }`, "key-type"],
  ["an object", `{ ${has}, properties: { id: { type: object } } }`, "key-type"],
  ["a payload that accepts nothing", `{ ${has}, properties: { id: ${id} }, allOf: [false] }`, "key-unresolved"],
  ["no payload schema", "{}", "key-unresolved"],
];

describe("a key is refused", () => {
  for (const [situation, payload, rule, key] of refused) {
    test(situation, async () => {
      const { contract, broken } = await withPayload(payload, key);
      expect(new Set(broken)).toEqual(new Set([rule]));
      expect(contract).toBeNull();
    });
  }
});

test("a recursive allOf in a domain is refused, not followed", async () => {
  const schema = `{ type: object, ${has}, properties: { id: ${id} }, allOf: [{ $ref: "#/components/schemas/Event" }] }`;
  const { broken } = await withPayload(
    '{ $ref: "#/components/schemas/Event" }',
    "id",
    `components: { schemas: { Event: ${schema} } }`,
  );
  expect(broken).toEqual(["kafka-missing", "ordering-opaque"]);
});

test("branches that multiply beyond reason are refused, not followed", async () => {
  const two = (next: string) =>
    `{ oneOf: [{ $ref: "#/components/schemas/${next}" }, { $ref: "#/components/schemas/${next}" }] }`;
  const levels = Array.from({ length: 14 }, (_, i) => `L${i}: ${two(`L${i + 1}`)}`);
  const components = `components: { schemas: { ${levels.join(", ")}, L14: { type: object } } }`;
  const { broken, diagnostics } = await withPayload('{ $ref: "#/components/schemas/L0" }', "id", components);
  expect(broken).toEqual(["key-unresolved"]);
  expect(diagnostics.find(({ rule }) => rule === "key-unresolved")?.message).toMatch(/too many branches$/);
});

const twoChannels = (a: string, b: string, ordering = domain("id")) =>
  inline(`${head}${ordering}channels:\n  a: ${a}\n  b: ${b}\n`);
const channel = (address: string, type: string, more = "") =>
  `{ address: ${address}, messages: { ${address}: { payload: { ${has}, properties: { id: { type: ${type} } } } } }${more} }`;

test("messages that disagree about the type are refused at the second", async () => {
  const { diagnostics } = await twoChannels(channel("a", "integer"), channel("b", "string"));
  expect(diagnostics.filter(({ rule }) => rule === "key-type")).toMatchObject([{ line: 6, severity: "error" }]);
});

test("a channel outside the domain needs no key", async () => {
  const loose = "{ address: b, x-ordering: none, messages: { m: { payload: { type: string } } } }";
  const { contract, broken } = await twoChannels(channel("a", "integer"), loose);
  expect(broken).toEqual([]);
  expect(contract?.channels.map(({ domain: name }) => name)).toEqual(["d", null]);
});

test("one channel that states partitions and one that does not are unequal", async () => {
  const stated = channel("a", "integer", ", bindings: { kafka: { partitions: 6 } }");
  const { diagnostics } = await twoChannels(stated, channel("b", "integer"));
  expect(diagnostics.filter(({ rule }) => rule === "partitions-equal")).toMatchObject([{ line: 6, column: 3 }]);
});

test("a domain whose channels state no partitions leaves the count open", async () => {
  const { contract, broken } = await twoChannels(channel("a", "integer"), channel("b", "integer"));
  expect(broken).toEqual([]);
  expect(contract?.domains[0]?.partitions).toBeNull();
});

test("two domains keep their channels, keys and partitioners apart", async () => {
  const ordering =
    'x-ordering: { x: { key: "$message.payload#/id", partitioner: fnv1a }, y: { key: "$message.payload#/id", partitioner: consistent } }\n';
  const { contract } = await twoChannels(
    channel("a", "integer", ", x-ordering: x"),
    channel("b", "string", ", x-ordering: y"),
    ordering,
  );
  expect(contract?.domains).toMatchObject([
    { name: "x", keyType: "integer", partitioner: "fnv1a", channels: ["a"] },
    { name: "y", keyType: "string", partitioner: "consistent", channels: ["b"] },
  ]);
});

describe("how long a key may be", () => {
  const stated = (max: string, schema = "{ type: string }") =>
    inline(
      `${head}x-ordering: { d: { key: "$message.payload#/id", partitioner: murmur2, maxKeyBytes: ${max} } }
channels: { a: { address: a, messages: { m: { payload: { type: object, ${has}, properties: { id: ${schema} } } } } } }
`,
    );
  const rulesOf = async (loaded: ReturnType<typeof inline>) =>
    (await loaded).diagnostics
      .map(({ rule }) => rule)
      .filter((rule) => rule.startsWith("key") || rule.startsWith("ord"));

  test("is what the domain says, or nothing", async () => {
    expect((await stated("2000")).contract?.domains[0]?.maxKeyBytes).toBe(2000);
    expect((await withPayload(`{ type: object, ${has}, properties: { id: ${id} } }`)).contract?.domains).toMatchObject([
      { maxKeyBytes: null },
    ]);
  });

  test.each(["0", "2001", "1.5", "many", "-1"])("cannot be %s", async (max) => {
    expect(await rulesOf(stated(max))).toEqual(["ordering-shape"]);
  });

  test("is compared with the longest text that a schema states, over all that holds together", async () => {
    expect(await rulesOf(stated("20", "{ type: string, maxLength: 21 }"))).toEqual(["key-length"]);
    expect(await rulesOf(stated("20", "{ type: string, maxLength: 20 }"))).toEqual([]);
    expect(await rulesOf(stated("20", "{ type: string, maxLength: 99, allOf: [{ maxLength: 9 }] }"))).toEqual([]);
    expect(await rulesOf(stated("20", "{ type: string, oneOf: [{ maxLength: 9 }, { maxLength: 30 }] }"))).toEqual([
      "key-length",
    ]);
    expect(await rulesOf(stated("20", "{ type: integer, maxLength: 99 }"))).toEqual([]);
  });
});
