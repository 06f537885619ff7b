import type { Json, JsonSchema } from "@keyline/contract";
import { acceptsOf } from "@keyline/runtime/testing";
import { expect, test } from "vitest";
import { agree } from "./agree.js";
import { contractOf, evaluate, type NamedSchemas } from "./evaluate.js";
import { objectOf } from "./good-values.js";
import { numberSamples, textSamples } from "./samples.js";

const schemaOf = (schema: JsonSchema, others: NamedSchemas = {}) => {
  const evaluated = evaluate(contractOf({ Main: schema, ...others }));
  if ("refused" in evaluated) throw new Error(evaluated.refused);
  const found = evaluated.schemas.get("Main");
  if (!found) throw new Error("no schema");
  return found;
};
/** As zod says, and the judge that the runtime asks before it. */
function accepts(schema: JsonSchema, value: unknown): boolean {
  const zod = schemaOf(schema);
  const { success } = zod.safeParse(value);
  expect(acceptsOf(zod)(value)).toBe(success);
  return success;
}
const agreeOn = (schema: JsonSchema, values: readonly Json[]) => agree({ Main: schema }, values);

test("integers are numbers without a fraction, of any size; no number is made of text", () => {
  agreeOn({ type: "integer" }, [...numberSamples, "1", true]);
  agreeOn({ type: "integer", minimum: 1, maximum: 2 ** 53 - 1 }, numberSamples);
  agreeOn({ type: ["integer", "string"], enum: [1.5, "a", 2] }, [1.5, "a", 2]);
  expect(accepts({ type: "integer" }, 1e300)).toBe(true);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, "1"]) {
    expect(accepts({ type: "number" }, value)).toBe(false);
    expect(accepts({ type: "integer" }, value)).toBe(false);
  }
});

test("multiples are exact in decimal, where binary remainders are not", () => {
  for (const multipleOf of [0.01, 0.1, 1, 3, 0.07, 1e-7, 1e300]) agreeOn({ multipleOf }, numberSamples);
  expect([0.07, 0.29, 19.99, 4.35, 1e300, -0.01, 0].map((value) => accepts({ multipleOf: 0.01 }, value))).toEqual(
    Array(7).fill(true),
  );
  expect([0.075, 1.005, 1e-7, 5e-324].map((value) => accepts({ multipleOf: 0.01 }, value))).toEqual(
    Array(4).fill(false),
  );
});

test("lengths count characters, also those of two code units", () => {
  for (const length of [0, 1, 2]) agreeOn({ minLength: length, maxLength: length }, textSamples);
  expect(accepts({ type: "string", maxLength: 1 }, "\u{1d4b3}")).toBe(true);
});

test.each(["constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"])(
  "a field named %s is a field like others",
  (name) => {
    const properties = { [name]: { type: "string" } } as const;
    const values = [{}, { [name]: "x" }, { [name]: 1 }, { other: 1 }, { [name]: "x", other: 2 }];
    agreeOn({ type: "object", properties }, values);
    agreeOn({ type: "object", properties, required: [name] }, values);
    agreeOn({ type: "object", required: [name] }, values);
    agreeOn({ type: "object", properties, additionalProperties: false }, values);
    agreeOn({ dependencies: { [name]: ["other"] } }, values);
    agreeOn({ propertyNames: { maxLength: 5 } }, values);
    agreeOn({ enum: [name] }, [name, "other"]);
  },
);

test("a field named __proto__ is checked and kept, and sets no prototype", () => {
  const properties = JSON.parse('{ "__proto__": { "type": "string" } }') as { [name: string]: Json };
  const schema = schemaOf({ type: "object", properties, required: ["__proto__"], additionalProperties: false });
  const value = objectOf([["__proto__", "x"]]);
  expect(schema.safeParse(value).data).toBe(value);
  expect(schema.safeParse(objectOf([["__proto__", 1]])).success).toBe(false);
  expect(schema.safeParse({}).success).toBe(false);
  agreeOn({ type: "object", required: ["__proto__"] }, [{}, value]);
  agreeOn({ type: "object", additionalProperties: false }, [{}, value]);
});

test("a required field that is undefined is missing: it has no JSON text", () => {
  expect(accepts({ required: ["a"] }, { a: undefined })).toBe(false);
  expect(accepts({ required: ["a"], properties: { a: {} } }, { a: undefined })).toBe(false);
  expect(accepts({ properties: { a: { type: "string" } } }, { a: undefined })).toBe(true);
});

test("constants are the same whatever the order of their fields, and only themselves", () => {
  const schema = { const: { a: 1, b: [{ c: null, d: 2 }] } };
  agreeOn(schema, [{ b: [{ d: 2, c: null }], a: 1 }, { a: 1 }, { a: 1, b: [{ c: null, d: 2 }], e: 1 }, null]);
  agreeOn({ const: { a: 1, b: 2 }, enum: [{ b: 2, a: 1 }, []] }, [{ a: 1, b: 2 }, []]);
  agreeOn({ enum: [{}, [], "", 0, false, null] }, [{}, [], "", 0, -0, false, null, "0", [[]], { a: 1 }]);
  agreeOn({ uniqueItems: true }, [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[1], ["1"]],
    [0, -0],
    [null, false, 0, ""],
    [{}, []],
  ]);
});

test("keywords without a type bind values of their own type only", () => {
  const values: Json[] = ["", "abc", 0, 10, [], [1, 2], {}, { a: 1, b: 2 }, null, true];
  for (const keywords of [{ minLength: 1 }, { minimum: 1 }, { minItems: 1 }, { minProperties: 1 }, { required: ["a"] }])
    agreeOn(keywords, values);
  agreeOn({ minLength: 1, minimum: 1, minItems: 1, minProperties: 1 }, values);
});

test("one of several schemas is exactly one; if decides between then and else", () => {
  const oneOf = [{ type: "integer" }, { type: "number", minimum: 3 }, { maximum: 1 }] as const;
  agreeOn({ oneOf }, [0, 1, 2, 3, 4, 0.5, 1.5, 3.5, "a", null]);
  expect([0.5, 2, 3.5].every((value) => accepts({ oneOf }, value))).toBe(true);
  expect([0, 1, 3, 1.5].some((value) => accepts({ oneOf }, value))).toBe(false);
  const branches = JSON.parse(`{
    "if": { "properties": { "kind": { "const": "run" } }, "required": ["kind"] },
    "then": { "required": ["result"] },
    "else": { "maxProperties": 1 }
  }`) as JsonSchema;
  const values: Json[] = [{}, { kind: "run" }, { kind: "run", result: 1 }, { kind: "walk" }, { a: 1, b: 2 }, "text"];
  agreeOn(branches, values);
  expect(values.map((value) => accepts(branches, value))).toEqual([true, false, true, true, false, true]);
});

test("accepted values come out as they went in: no default, no order changed, nothing stripped", () => {
  const value = { z: 1, b: { more: [], a: 2 }, a: "x" };
  const inner = { type: "object", properties: { a: { type: "integer" }, c: { default: 3 } } } as const;
  const schema = schemaOf({ type: "object", properties: { a: { default: "y" }, b: inner, d: { default: 1 } } });
  expect(schema.parse(value)).toBe(value);
  expect(JSON.stringify(schema.parse(value))).toBe('{"z":1,"b":{"more":[],"a":2},"a":"x"}');
});

test.each(["oneOf", "anyOf", "allOf"])(
  "a value 200 deep is judged at once by a schema that recurs through %s",
  (keyword) => {
    const item = { type: "array", items: { $ref: "#/schemas/Main" } };
    const leaf = keyword === "allOf" ? {} : { type: "string" };
    const schema = schemaOf({ [keyword]: [leaf, item] } as JsonSchema);
    let value: Json = keyword === "allOf" ? [] : "leaf";
    for (let depth = 0; depth < 200; depth += 1) value = [value];
    const started = performance.now();
    expect(schema.safeParse(value).success).toBe(true);
    expect(schema.safeParse([value, 1]).success).toBe(false);
    expect(acceptsOf(schema)(value)).toBe(true);
    expect(acceptsOf(schema)([value, 1])).toBe(false);
    expect(performance.now() - started).toBeLessThan(20_000);
  },
);

test("values that are no JSON are judged by both judges alike", () => {
  class Field {
    text = "of a class";
  }
  const [object, list] = [{ text: "from the prototype" }, ["one"]];
  const values = [
    ...[undefined, 1n, Number.NaN, Number.POSITIVE_INFINITY, -0, Symbol("s"), () => 1, new Date(0), new Map(), /a/],
    ...[
      new Field(),
      Object.create(object),
      Object.create(null),
      Object.assign(() => 1, { text: "a" }),
      new String("a"),
    ],
    ...[
      Object.assign([], { text: "a" }),
      new Array(2),
      [undefined],
      Object.assign(list, { more: 1 }),
      { text: undefined },
    ],
    ...[new Proxy({ text: "a" }, {}), Object.defineProperty({}, "text", { value: "hidden" })],
  ];
  const text: JsonSchema = { type: "string" };
  const number: JsonSchema = { type: "number" };
  const schemas: readonly JsonSchema[] = [
    ...[text, number, { type: "integer" }, { type: "boolean" }, { type: "null" }, {}],
    ...[{ type: "array" }, { type: "array", items: text }, { enum: [0, null, "a"] }, { const: 0 }],
    ...[
      { type: "object", properties: { text } },
      { type: "object", properties: { text }, required: ["text"] },
    ],
    { type: "object", properties: { text: {} }, required: ["text"], additionalProperties: false },
    { type: "object", additionalProperties: text },
    { type: "object", minProperties: 0, dependencies: { text: ["more"] } },
    ...[{ anyOf: [text, number] }, { oneOf: [{ type: "object" }, {}] }, { allOf: [{}, { type: "array" }] }],
  ];
  for (const schema of schemas) for (const value of values) accepts(schema, value);
});

test("judging a list of unlike objects grows as the list does, and the last of them is still compared", () => {
  const schema = schemaOf({ type: "array", uniqueItems: true });
  const tookMs = (length: number) => {
    const items = Array.from({ length }, (_, index) => ({ index, of: { list: [index] } }));
    // By the processor's time: a busy machine makes the clock on the wall run on.
    const started = process.cpuUsage();
    expect(schema.safeParse(items).success).toBe(true);
    expect(schema.safeParse([...items, { of: { list: [9] }, index: 9 }]).success).toBe(false);
    return process.cpuUsage(started).user / 1000;
  };
  tookMs(10_000);
  const shortMs = Math.min(tookMs(10_000), tookMs(10_000));
  // Five times as long; comparing each with each other would take 25 times.
  expect(Math.min(...[1, 2, 3].map(() => tookMs(50_000))) / shortMs).toBeLessThan(15);
});

test("no text of a schema gets out of its comment or literal", () => {
  const ending = "*/ globalThis.escaped = true; /*";
  const texts = [
    ending,
    "*\u0001/ globalThis.escaped = true; /*",
    '"; globalThis.escaped = true; "',
    "`$" + "{globalThis.escaped = true}`",
  ];
  for (const text of [...texts, `\u2028*\u2029/${ending}`, "\\", "'", "</script>", "\u202e/*"]) {
    const schema = schemaOf({
      type: "object",
      description: text,
      required: [text],
      properties: { [text]: { const: text, description: text } },
      patternProperties: { '^"`\\\\*/$': { enum: [text, { [text]: text }] } },
      dependencies: { [text]: [text] },
    });
    expect(schema.safeParse({ [text]: text }).success).toBe(true);
    expect(schema.safeParse({ [text]: "" }).success).toBe(false);
  }
  expect("escaped" in globalThis).toBe(false);
});

const refusals: readonly [string, JsonSchema][] = [
  ["unevaluatedProperties", { type: "object", unevaluatedProperties: false }],
  ["dependentRequired", { properties: { a: { dependentRequired: { a: ["b"] } } } }],
  ["prefixItems", { items: { prefixItems: [{}] } }],
  ["minContains", { anyOf: [{ contains: {}, minContains: 2 }] }],
  ["$dynamicRef", { $dynamicRef: "#a" }],
  ["pattern", { pattern: "[" }],
  ["pattern", { patternProperties: { "(?<=a": {} } }],
  ["refers to itself", { allOf: [{ $ref: "#/schemas/Main" }] }],
  ["Cut one of the links Main -> Main", { allOf: [{ $ref: "#/schemas/Main" }] }],
  ["refers to itself", { anyOf: [{ type: "string" }, { not: { $ref: "#/schemas/Main" } }] }],
];
test.each(refusals)("what cannot be said is refused by name: %s in %j", (named, schema) => {
  expect(evaluate(contractOf({ Main: schema }))).toMatchObject({ refused: expect.stringContaining(named) });
});
