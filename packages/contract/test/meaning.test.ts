// Schemas that are valid and say nothing where their author believes that they do.
import { expect, test } from "vitest";
import { formatDiagnostic } from "../src/index.js";
import { inline, oneMessage } from "./inline.js";

const rules = new Set(["keyword-unknown", "ref-kind", "schema-empty"]);

const said = async (payload: string, rest = "", files: { readonly [path: string]: string } = {}) => {
  const { diagnostics } = await inline(oneMessage(`{ payload: ${payload} }`, rest), files);
  return diagnostics.filter(({ rule }) => rules.has(rule)).map(formatDiagnostic);
};

const field = (schema: string) => `{ type: object, properties: { f: ${schema} } }`;

/** Where a word of a field's schema stands, on the line of the only channel. */
const at = (schema: string, word: string) => `main.yaml:3:${89 + schema.indexOf(word)}`;

const words: readonly (readonly [schema: string, word: string, message: string, fix: string])[] = [
  ["{ tpye: string }", "tpye", "tpye is not a keyword of JSON Schema, so any value is valid", "write type for tpye"],
  [
    "{ type: string, maxLenght: 3 }",
    "maxLenght",
    "maxLenght is not a keyword of JSON Schema",
    "write maxLength for maxLenght",
  ],
  [
    "{ tpye: object, proprties: {}, requried: [a] }",
    "tpye",
    "tpye, proprties and 1 more are not keywords of JSON Schema, so any value is valid",
    "write type for tpye, properties for proprties, required for requried",
  ],
  [
    '{ ref: "#/components/schemas/S" }',
    "ref:",
    "ref is not a keyword of JSON Schema, so any value is valid",
    "write $ref for ref",
  ],
  [
    "{ a: { type: string }, b: { type: integer } }",
    "a: {",
    "a and b are not keywords of JSON Schema, so any value is valid",
    "put them below properties, if they are the fields of an object",
  ],
  [
    "{ meaning: unclear }",
    "meaning",
    "meaning is not a keyword of JSON Schema, so any value is valid",
    "write keywords of JSON Schema, or begin these names with x-",
  ],
];

test.each(words)("the words of %s", async (schema, word, message, fix) => {
  expect(await said(field(schema))).toEqual([`${at(schema, word)} warning keyword-unknown  ${message}\n  fix: ${fix}`]);
});

test.each([
  "{ type: string, note: short words are not guessed at, x-tpye: 1, javaType: X }",
  "{ description: any value, as its author says }",
  "{ nullable: true, discriminator: kind, prefixItems: [], $defs: {}, unevaluatedProperties: false, example: 1 }",
  "{ type: string, enum: [{ tpye: 1 }], default: { tpye: 1 } }",
  "{ properties: { tpye: { type: string }, requried: true } }",
  "{ type: [object, array], additionalProperties: {}, items: {}, not: { not: {} } }",
  "true",
])("nothing is said of %s", async (schema) => {
  expect(await said(field(schema))).toEqual([]);
});

test("an empty schema is told where it stands for a field, a payload or a component", async () => {
  const says =
    "warning schema-empty  the schema is empty, so any value is valid\n  fix: say what is valid, e.g. its type; write true where any value is meant";
  expect(await said(field("{}"))).toEqual([`main.yaml:3:86 ${says}`]);
  expect(await said("{}")).toEqual([`main.yaml:3:47 ${says}`]);
  expect(await said(field('{ $ref: "#/components/schemas/S" }'), "components: { schemas: { S: {} } }\n")).toEqual([
    `main.yaml:4:26 ${says}`,
  ]);
});

test("a $ref to a message where a schema belongs is told, once, with its payload in its place", async () => {
  const message = (fix: string) =>
    `main.yaml:3:97 warning ref-kind  $ref "#/components/messages/S" leads to a message where a schema belongs, so any value is valid\n  fix: ${fix}`;
  const ref = field('{ $ref: "#/components/messages/S" }');
  expect(await said(ref, "components: { messages: { S: { payload: { type: string } } } }\n")).toEqual([
    message('write $ref: "#/components/messages/S/payload" for the message\'s payload'),
  ]);
  const referring =
    'components: { messages: { S: { payload: { $ref: "#/components/schemas/T" } } }, schemas: { T: { type: string } } }\n';
  expect(await said(ref, referring)).toEqual([
    message('write $ref: "#/components/schemas/T" for the message\'s payload'),
  ]);
});

test("a misspelt keyword is told in the file in which it stands, however many messages use it", async () => {
  const two = '{ type: object, properties: { a: { $ref: "s.yaml" }, b: { items: { $ref: "s.yaml" } } } }';
  expect(await said(two, "", { "s.yaml": "type: string\npatern: a\n" })).toEqual([
    "s.yaml:2:1 warning keyword-unknown  patern is not a keyword of JSON Schema\n  fix: write pattern for patern",
  ]);
});
