import { describe, expect, test } from "vitest";
import { dialectOfFormat, dialectOfSchemaUri } from "../src/schemas/dialects/dialect.js";
import { head, inline, oneMessage } from "./inline.js";

const json = "application/schema+json;version=";
const openApi = "application/vnd.oai.openapi;version=";

const payload = (format: string, schema: string) =>
  oneMessage(`{ payload: { schemaFormat: "${format}", schema: ${schema} } }`);

/** The payload as it was read, and what was broken. */
const read = async (format: string, schema: string, files: { readonly [path: string]: string } = {}) => {
  const { contract, broken: all, diagnostics } = await inline(payload(format, schema), files);
  // Some words say nothing, which is what is tested of them.
  const broken = all.filter((rule) => rule !== "schema-empty");
  return { payload: contract?.channels[0]?.messages[0]?.payload, broken, diagnostics, schemas: contract?.schemas };
};

describe("labels", () => {
  test.each([
    ["application/schema+json", "draft-07"],
    ["application/schema+yaml;version=draft-07", "draft-07"],
    ["application/schema;version=draft-7", "draft-07"],
    ['Application/Schema+JSON ; version="draft-06"', "draft-06"],
    ["application/schema+json;version=draft-04", "draft-04"],
    ["application/schema+json;version=2019-09", "2019-09"],
    ["application/schema+json;version=draft/2019-09", "2019-09"],
    ["application/schema+json;version=draft-2020-12", "2020-12"],
    ["application/vnd.oai.openapi;version=3.0.0", "openapi-3.0"],
    ["application/vnd.oai.openapi+json;version=3.0", "openapi-3.0"],
    ["application/vnd.oai.openapi+yaml; version=3.0.3", "openapi-3.0"],
    ["application/vnd.oai.openapi+json;charset=utf-8;version=3.1.1", "openapi-3.1"],
    ["application/vnd.aai.asyncapi;version=2.6.0", "asyncapi"],
    ["application/vnd.aai.asyncapi+yaml;version=3.1.0", "asyncapi"],
    ["application/vnd.aai.asyncapi+json", "asyncapi"],
    ["application/schema+json;version=draft-03", null],
    ["application/vnd.oai.openapi;version=2.0", null],
    ["application/vnd.oai.openapi", null],
    ["application/vnd.aai.asyncapi;version=1.2.0", null],
    ["application/vnd.apache.avro;version=1.9.0", null],
    ["constructor", null],
    ["", null],
  ])("%s names %s", (format, dialect) => {
    expect(dialectOfFormat(format)).toBe(dialect);
  });

  test.each([
    ["http://json-schema.org/draft-07/schema#", "draft-07"],
    ["https://json-schema.org/draft/2020-12/schema", "2020-12"],
    ["https://spec.openapis.org/oas/3.1/dialect/base", "openapi-3.1"],
    ["http://json-schema.org/draft-03/schema#", null],
    ["http://json-schema.org/schema#", undefined],
    ["https://example.com/mine.json", undefined],
  ])("$schema %s names %s", (uri, dialect) => {
    expect(dialectOfSchemaUri(uri)).toBe(dialect);
  });
});

describe("words with an exact translation", () => {
  test.each([
    [
      `${json}2020-12`,
      "{ prefixItems: [{ type: string }], items: false }",
      { items: [{ type: "string" }], additionalItems: false },
    ],
    [`${json}2020-12`, "{ prefixItems: [true] }", { items: [true] }],
    [`${json}2019-09`, "{ items: [true], unevaluatedItems: false }", { items: [true], additionalItems: false }],
    [`${json}2019-09`, "{ dependentRequired: { a: [b] } }", { dependencies: { a: ["b"] } }],
    [
      `${json}2020-12`,
      "{ dependentRequired: { a: [b] }, dependentSchemas: { a: { maxProperties: 3 }, c: false } }",
      { dependencies: { a: { allOf: [{ maxProperties: 3 }, { required: ["b"] }] }, c: false } },
    ],
    [
      `${json}2020-12`,
      "{ properties: { a: true }, unevaluatedProperties: false }",
      { properties: { a: true }, additionalProperties: false },
    ],
    [`${json}2020-12`, "{ additionalProperties: true, unevaluatedProperties: false }", { additionalProperties: true }],
    [`${json}2020-12`, "{ allOf: [true], unevaluatedProperties: {} }", { allOf: [true] }],
    [`${json}2020-12`, "{ minContains: 2, maxContains: 3 }", {}],
    [`${json}2020-12`, "{ contains: false, minContains: 0 }", {}],
    [`${json}2020-12`, "{ contains: true, minContains: 1 }", { contains: true }],
    [`${json}2020-12`, "{ $dynamicAnchor: a, contentSchema: false, type: string }", { type: "string" }],
    [`${json}2020-12`, "{ nullable: true }", {}],
    [`${openApi}3.0.3`, "{ type: string, nullable: true }", { type: ["string", "null"] }],
    [`${openApi}3.0.3`, "{ type: string, nullable: true, enum: [x] }", { type: ["string", "null"], enum: ["x"] }],
    [`${openApi}3.0.3`, "{ nullable: true, enum: [x] }", { enum: ["x"] }],
    [`${openApi}3.0.3`, "{ type: string, nullable: false }", { type: "string" }],
    [
      `${openApi}3.0.3`,
      "{ minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false }",
      { exclusiveMinimum: 1, maximum: 5 },
    ],
    [`${json}draft-04`, "{ maximum: 5, exclusiveMaximum: true, id: x }", { exclusiveMaximum: 5 }],
    [`${openApi}3.1.0`, "{ type: [string, 'null'], const: x }", { type: ["string", "null"], const: "x" }],
  ])("in %s %s", async (format, schema, wanted) => {
    const { payload, broken } = await read(format, schema);
    expect(broken).toEqual([]);
    expect(payload).toEqual(wanted);
  });

  test("wherever a schema stands, and nowhere in values", async () => {
    const schema = "{ properties: { a: { type: string, nullable: true } }, enum: [{ nullable: true }] }";
    const { payload } = await read(`${openApi}3.0.3`, schema);
    expect(payload).toEqual({ properties: { a: { type: ["string", "null"] } }, enum: [{ nullable: true }] });
  });

  test("a field that is named like a keyword is a field", async () => {
    const { payload, broken } = await read(
      `${json}2020-12`,
      "{ properties: { minContains: {}, $dynamicRef: {}, $schema: {} } }",
    );
    expect(broken).toEqual([]);
    expect(payload).toEqual({ properties: { minContains: {}, $dynamicRef: {}, $schema: {} } });
  });
});

describe("words without one are refused by name and place", () => {
  test.each([
    [`${json}2020-12`, "{ $dynamicRef: '#a' }", "$dynamicRef"],
    [`${json}2019-09`, "{ $recursiveRef: '#' }", "$recursiveRef"],
    [`${json}2020-12`, "{ contains: true, minContains: 2 }", "minContains"],
    [`${json}2020-12`, "{ contains: true, minContains: 0, maxContains: 2 }", "maxContains"],
    [`${json}2020-12`, "{ allOf: [true], unevaluatedProperties: false }", "unevaluatedProperties"],
    [`${json}2020-12`, "{ contains: true, unevaluatedItems: false }", "unevaluatedItems"],
    [`${json}2020-12`, "{ items: [true] }", "items"],
    [`${json}2020-12`, "{ dependencies: { a: [b] } }", "dependencies"],
    [`${json}draft-07`, "{ prefixItems: [true] }", "prefixItems"],
    [`${json}draft-07`, "{ type: string, nullable: true }", "nullable"],
    [`${json}draft-06`, "{ if: true, then: false }", "if"],
    [`${json}draft-04`, "{ const: 1 }", "const"],
    [`${json}draft-04`, "{ exclusiveMinimum: 1 }", "exclusiveMinimum"],
    [`${openApi}3.0.3`, "{ patternProperties: { a: {} } }", "patternProperties"],
    [`${openApi}3.0.3`, "{ exclusiveMaximum: true }", "exclusiveMaximum"],
    [`${openApi}3.0.3`, "{ type: [string, 'null'] }", "type"],
    [`${openApi}3.0.3`, "{ items: [{ type: string }] }", "items"],
    [`${openApi}3.1.0`, "{ type: string, nullable: true }", "nullable"],
  ])("in %s %s", async (format, schema, keyword) => {
    const text = payload(format, `{ properties: { deep: ${schema} } }`);
    const { contract, broken, diagnostics } = await inline(text);
    expect(broken).toEqual(["kafka-missing", "schema-format"]);
    expect(contract).toMatchObject({ channels: [], opaque: [{ id: "a" }] });
    const found = diagnostics.find(({ rule }) => rule === "schema-format");
    expect(found?.message).toContain(keyword);
    expect(found?.fix).toMatch(/\w/);
    const line = text.split("\n")[(found?.line ?? 0) - 1] ?? "";
    expect(line.slice((found?.column ?? 0) - 1)).toMatch(new RegExp(`^'?${keyword.replace("$", "\\$")}`));
  });

  const label2020 =
    "label the schema application/schema+json;version=draft-2020-12: payload: { schemaFormat, schema } in";
  const nullable2020 = (type: string) =>
    `{ schemaFormat: "${json}2020-12", schema: { type: ${type}, nullable: true } }`;
  test.each([
    ["{ prefixItems: [true] }", "prefixItems is a keyword of a later draft, not of AsyncAPI", label2020],
    [
      "{ dependentRequired: { a: [b] } }",
      "dependentRequired is a keyword of a later draft, not of AsyncAPI",
      label2020,
    ],
    ["{ divisibleBy: 2 }", "divisibleBy is a keyword of JSON Schema draft 3, not of AsyncAPI", "write multipleOf in"],
    ["{ $dynamicRef: '#a' }", "$dynamicRef has no equal in JSON Schema draft 7", "write a $ref in its place"],
    [nullable2020("string"), "nullable is a keyword of OpenAPI 3.0 alone", 'write type: [string, "null"] in its place'],
    [nullable2020("[a, 'null']"), "nullable is a keyword of OpenAPI 3.0 alone", 'write type: [a, "null"] in its place'],
  ])("%s: with what to do", async (schema, message, fix) => {
    const { diagnostics } = await inline(oneMessage(`{ payload: ${schema} }`));
    const found = diagnostics.find(({ rule }) => rule === "schema-format");
    expect(found?.message).toMatch(/left out: /);
    expect(found?.message.endsWith(message)).toBe(true);
    expect(found?.fix?.startsWith(fix)).toBe(true);
  });

  test("a word that is written wrongly is told by its own dialect's meta-schema, at its place", async () => {
    const { broken, diagnostics } = await read(
      `${json}2020-12`,
      "{ properties: { a: { type: string, minContains: many } } }",
    );
    expect(broken).toEqual(["schema-invalid"]);
    expect(diagnostics.find(({ rule }) => rule === "schema-invalid")?.fix).toContain("2020-12");
  });
});

describe("beside a $ref", () => {
  const files = { "s.json": '{ "$defs": { "A": { "type": "string" } }, "$ref": "#/$defs/A", "maxLength": 3 }' };

  test.each([`${json}2019-09`, `${json}2020-12`, `${openApi}3.1.0`])("words hold too in %s", async (format) => {
    const { schemas, broken } = await read(format, '{ $ref: "s.json" }', files);
    expect(broken).toEqual([]);
    expect(schemas?.map(({ schema }) => schema)).toEqual([
      { maxLength: 3, allOf: [{ $ref: "#/schemas/s_A" }] },
      { type: "string" },
    ]);
  });

  test.each([`${json}draft-07`, `${json}draft-04`, `${openApi}3.0.3`])("words say nothing in %s", async (format) => {
    const { schemas, broken } = await read(format, '{ $ref: "s.json" }', files);
    expect(broken).toEqual(["ref-siblings"]);
    expect(schemas?.map(({ schema }) => schema)).toEqual([{ $ref: "#/schemas/s_A" }, { type: "string" }]);
  });

  test("references in them are read", async () => {
    const beside = {
      ...files,
      "s.json": '{ "$ref": "a.json", "properties": { "b": { "$ref": "b.json" } } }',
      "a.json": "{}",
      "b.json": "{}",
    };
    const { broken, schemas } = await read(`${json}2020-12`, '{ $ref: "s.json" }', beside);
    expect(broken).toEqual([]);
    expect(schemas?.map(({ name }) => name)).toEqual(["a", "b", "s"]);
  });

  test("annotations leave a reference what it is", async () => {
    const { payload } = await read(`${json}2020-12`, '{ $ref: "s.json", description: D, deprecated: true }', files);
    expect(payload).toEqual({ $ref: "#/schemas/s" });
  });
});

describe("words that OpenAPI 3.0 does not have, under a label that the official parser judges too", () => {
  const openApi300 = (schema: string) => read(`${openApi}3.0.0`, `{ properties: { deep: ${schema} } }`);

  test.each([
    ["{ const: 1 }"],
    ["{ patternProperties: { a: {} }, type: [string, 'null'] }"],
    ["{ type: [string, 'null'] }"],
    ["{ items: [{ type: string }] }"],
    ["{ minimum: 1, exclusiveMinimum: 3 }"],
    ["{ type: string, nullable: 3 }"],
  ])("%s is one warning, and leaves the channel out", async (schema) => {
    expect((await openApi300(schema)).broken.filter((rule) => !rule.endsWith("latest-version"))).toEqual([
      "kafka-missing",
      "schema-format",
    ]);
  });

  test("one that says nothing of a value is passed over", async () => {
    const { payload, broken } = await openApi300("{ type: string, deprecatedSince: 2 }");
    expect(broken).toEqual([]);
    expect(payload).toMatchObject({ properties: { deep: { type: "string" } } });
  });

  test.each([
    ["{ type: strin }", "schema-invalid"],
    ["{ minLength: many }", "asyncapi/asyncapi-document-resolved"],
    ["{ const: 1, minLength: many }", "asyncapi/asyncapi-document-resolved"],
  ])("%s, which is wrong in every dialect, is an error", async (schema, rule) => {
    const { diagnostics } = await openApi300(schema);
    expect(diagnostics.filter(({ severity }) => severity === "error").map((one) => one.rule)).toEqual([rule]);
  });
});

describe("what a label holds for", () => {
  const nullable = "{ type: string, nullable: true }";

  test("what references lead to, in the same file and in others", async () => {
    const files = {
      "s.json": '{ "properties": { "a": { "$ref": "#/$defs/A" } }, "$defs": { "A": { "prefixItems": [true] } } }',
    };
    const { schemas, broken } = await read(`${json}2020-12`, '{ $ref: "s.json" }', files);
    expect(broken).toEqual([]);
    expect(schemas?.find(({ name }) => name === "s_A")?.schema).toEqual({ items: [true] });
  });

  test("a $schema is a label, also of a file that is reached without one, and of what stands below it", async () => {
    const files = {
      "s.json":
        '{ "$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [true], "$defs": { "A": { "dependentRequired": { "a": ["b"] } } } }',
    };
    const message = '{ payload: { $ref: "s.json" }, headers: { $ref: "s.json#/$defs/A" } }';
    const { contract, broken } = await inline(oneMessage(message), files);
    expect(broken).toEqual([]);
    expect(contract?.schemas.map(({ schema }) => schema)).toEqual([{ items: [true] }, { dependencies: { a: ["b"] } }]);
  });

  test("a $schema is believed before the label of the reference: a label that lies", async () => {
    const files = {
      "s.json": '{ "$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true }',
    };
    const { schemas, broken } = await read(`${json}2020-12`, '{ $ref: "s.json" }', files);
    expect(broken).toEqual([]);
    expect(schemas?.[0]?.schema).toEqual({ exclusiveMinimum: 1 });
  });

  test("a $schema of a draft that cannot be read is refused at its place", async () => {
    const files = { "s.json": '{ "$schema": "http://json-schema.org/draft-03/schema#" }' };
    const { broken, diagnostics } = await read(`${json}draft-07`, '{ $ref: "s.json" }', files);
    expect(broken).toEqual(["kafka-missing", "schema-format"]);
    expect(diagnostics.find(({ rule }) => rule === "schema-format")).toMatchObject({
      file: "s.json",
      line: 1,
      column: 3,
    });
  });

  const twice = (component: string) =>
    oneMessage(
      `{ payload: { schemaFormat: "${openApi}3.0.3", schema: { $ref: "#/components/schemas/S" } }, headers: { schemaFormat: "${json}draft-07", schema: { $ref: "#/components/schemas/S" } } }`,
      `components: { schemas: { S: ${component} } }`,
    );

  test("a component under two labels is one schema where both mean the same", async () => {
    const { contract, broken } = await inline(twice("{ type: string, maxLength: 3 }"));
    expect(broken).toEqual([]);
    expect(contract?.schemas).toHaveLength(1);
  });

  test("and is refused where they do not", async () => {
    const { broken } = await inline(twice(nullable));
    expect(broken).toEqual(["kafka-missing", "schema-format"]);
    const deeper = await inline(
      twice("{ $ref: '#/components/schemas/T' }, T: { minimum: 1, exclusiveMinimum: false }"),
    );
    expect(deeper.broken).toContain("schema-format");
  });

  describe("in two channels", () => {
    const channel = (name: string, payload: string) => `${name}: { address: ${name}, messages: { m: ${payload} } }`;
    const under = (format: string | null) => {
      const schema = '{ properties: { a: { $ref: "#/components/schemas/S" } } }';
      return `{ payload: ${format === null ? schema : `{ schemaFormat: "${format}", schema: ${schema} }`} }`;
    };
    const channels = async (component: string, formats: readonly (string | null)[]) => {
      const all = formats.map((format, index) => channel(`c${index}`, under(format)));
      const text = `${head}channels:\n  ${all.join("\n  ")}\ncomponents: { schemas: { S: ${component} } }`;
      const { contract, diagnostics } = await inline(text);
      const told = diagnostics.filter(({ rule }) => rule === "schema-format");
      return {
        generated: contract?.channels.map(({ id }) => id),
        told: told.map(({ line, message }) => [line, message.replace(/^.*left out: /, "")]),
      };
    };
    const other = (dialect: string, reason: string) =>
      `what this leads to is a schema of another dialect elsewhere, and not one of ${dialect}: ${reason}`;
    const refused = other("JSON Schema 2020-12", "nullable is a keyword of OpenAPI 3.0 alone");

    test.each([
      [`${openApi}3.0.3`, `${json}2020-12`, "c0", 5],
      [`${json}2020-12`, `${openApi}3.0.3`, "c1", 4],
    ])("the one is generated that means what the component says: %s, %s", async (first, second, id, line) => {
      expect(await channels(nullable, [first, second])).toEqual({ generated: [id], told: [[line, refused]] });
    });

    test("each channel under the wrong label is left out", async () => {
      const { generated, told } = await channels(nullable, [`${json}2020-12`, `${openApi}3.0.3`, `${json}2020-12`]);
      expect(generated).toEqual(["c1"]);
      expect(told.map(([, message]) => message)).toEqual([refused, refused]);
    });

    test("the second is left out where the words mean something else in it", async () => {
      const component = "{ $ref: '#/components/schemas/T', maxLength: 3 }, T: { type: string }";
      expect(await channels(component, [`${openApi}3.0.3`, `${json}2020-12`])).toEqual({
        generated: ["c0"],
        told: [[5, other("JSON Schema 2020-12", "it means something else there")]],
      });
    });

    test("without a label the component means what OpenAPI 3.0 has it mean", async () => {
      expect(await channels(nullable, [null, `${openApi}3.0.3`])).toEqual({ generated: ["c0", "c1"], told: [] });
    });

    test("where no dialect can read it, each says why at the word", async () => {
      const { generated, told } = await channels("{ $dynamicRef: '#a' }", [`${json}2019-09`, `${json}2020-12`]);
      expect(generated).toEqual([]);
      expect(told.map(([line]) => line)).toEqual([6, 6]);
    });
  });

  test("an own label of the component is believed", async () => {
    const { contract, broken } = await inline(twice(`{ schemaFormat: "${openApi}3.0.0", schema: ${nullable} }`));
    expect(broken).toEqual([]);
    expect(contract?.schemas[0]?.schema).toEqual({ type: ["string", "null"] });
  });

  test("a schema alone in its object has no label", async () => {
    const { contract, broken } = await inline(oneMessage("{ payload: { schema: { type: string } } }"));
    expect(broken).toEqual([]);
    expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ type: "string" });
  });

  test("a key is found in the words of the label", async () => {
    const text = oneMessage(
      `{ payload: { schemaFormat: "${json}2020-12", schema: { $ref: "#/components/schemas/S", required: [id] } } }`,
      `x-ordering: { d: { key: $message.payload#/id, partitioner: murmur2 } }\ncomponents: { schemas: { S: { type: object, properties: { id: { type: integer } } } } }`,
    );
    const { broken } = await inline(text);
    expect(broken).toEqual([]);
  });
});
