import fc from "fast-check";

/** A drawn schema, of any dialect. */
export type Drawn = boolean | { readonly [keyword: string]: unknown };

const name = fc.constantFrom("a", "b", "c");
const number = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom("string", "integer", "number", "object", "array", "boolean");

const leaf = fc.oneof(fc.constantFrom<unknown>(null, true, "", "x", "xyz"), number);

/** Values that fit a schema here and there. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    leaf,
    fc.array(tie("value"), { maxLength: 3, depthIdentifier: "value" }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, depthIdentifier: "value" }),
  ),
})).value as fc.Arbitrary<unknown>;

type Words = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Words that say more together, drawn as one. */
const together = (words: Words): fc.Arbitrary<object> => fc.record(words);

/** At most four of the words, so that a value fits now and then. Those under a name with a space are drawn together. */
const someOf = (words: Words): fc.Arbitrary<Drawn> =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(words)), { minLength: 1, maxLength: 4 })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, words[key] ?? fc.constant(true)]))))
    .map((drawnWords) => {
      const pairs = Object.entries(drawnWords);
      const single = pairs.filter(([key]) => !key.includes(" "));
      const groups = pairs.filter(([key]) => key.includes(" ")).map(([, group]) => group as object);
      return Object.assign({}, Object.fromEntries(single), ...groups) as Drawn;
    });

const common = (inner: fc.Arbitrary<unknown>): Words => {
  const list = fc.array(inner, { minLength: 1, maxLength: 2 });
  return {
    type,
    enum: fc.array(leaf, { minLength: 1, maxLength: 3 }),
    minimum: number,
    maximum: number,
    minLength: number,
    maxItems: number,
    minProperties: number,
    required: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
    properties: fc.dictionary(name, inner, { minKeys: 1, maxKeys: 2 }),
    additionalProperties: fc.oneof(fc.constant(false), inner),
    items: inner,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: inner,
    title: fc.constant("t"),
    "x-note": fc.constant(1),
  };
};

const refTo = (names: readonly string[], prefix: string): Words => {
  if (names.length === 0) return {};
  const $ref = fc.constantFrom(...names.map((one) => `#/${prefix}/${one}`));
  return { $ref, "$ref beside": together({ $ref, required: fc.constant(["a"]), maxItems: number }) };
};

const drawn = (words: (inner: fc.Arbitrary<unknown>) => Words): fc.Arbitrary<Drawn> => {
  const at = (depth: number): fc.Arbitrary<Drawn> =>
    depth === 0
      ? fc.record({ type })
      : someOf(words(fc.oneof({ weight: 1, arbitrary: fc.boolean() }, { weight: 5, arbitrary: at(depth - 1) })));
  return at(2);
};

/** Schemas with others beside them that they refer to, never in a circle. */
const withDefinitions = (
  prefix: string,
  words: (inner: fc.Arbitrary<unknown>, refs: Words) => Words,
): fc.Arbitrary<Drawn> =>
  fc
    .tuple(
      drawn((inner) => words(inner, {})),
      drawn((inner) => words(inner, refTo(["A"], prefix))),
      drawn((inner) => words(inner, refTo(["A", "B"], prefix))),
    )
    .map(([A, B, root]) => (typeof root === "boolean" ? root : { ...root, [prefix]: { A, B } }));

const later = (inner: fc.Arbitrary<unknown>): Words => ({
  ...common(inner),
  const: leaf,
  exclusiveMinimum: number,
  contains: inner,
  minContains: fc.constantFrom(0, 1, 2),
  maxContains: number,
  propertyNames: fc.record({ enum: fc.constant(["a", "b"]) }),
  if: inner,
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's name
  then: inner,
  else: inner,
  dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { minKeys: 1, maxKeys: 2 }),
  dependentSchemas: fc.dictionary(name, inner, { minKeys: 1, maxKeys: 2 }),
  unevaluatedProperties: fc.oneof(fc.boolean(), inner),
  unevaluatedItems: fc.oneof(fc.boolean(), inner),
  contentSchema: inner,
  "contains counted": together({ contains: inner, minContains: fc.constantFrom(0, 1) }),
  "properties closed": together({
    properties: fc.dictionary(name, inner, { minKeys: 1, maxKeys: 2 }),
    unevaluatedProperties: fc.boolean(),
  }),
});

const tuple = (inner: fc.Arbitrary<unknown>) => fc.array(inner, { minLength: 1, maxLength: 2 });

export const schemas2019 = withDefinitions("$defs", (inner, refs) => ({
  ...later(inner),
  ...refs,
  items: fc.oneof(inner, tuple(inner)),
  additionalItems: inner,
}));

export const schemas2020 = withDefinitions("$defs", (inner, refs) => ({
  ...later(inner),
  ...refs,
  prefixItems: tuple(inner),
  "items closed": together({ prefixItems: tuple(inner), items: inner }),
}));

const bounds: Words = {
  "minimum bounded": together({ minimum: number, exclusiveMinimum: fc.boolean() }),
  "maximum bounded": together({ maximum: number, exclusiveMaximum: fc.boolean() }),
};

export const schemasDraft4 = withDefinitions("definitions", (inner, refs) => ({
  ...common(inner),
  ...bounds,
  ...refs,
  items: fc.oneof(inner, tuple(inner)),
  additionalItems: inner,
  dependencies: fc.dictionary(name, fc.oneof(inner, fc.uniqueArray(name, { maxLength: 2 })), {
    minKeys: 1,
    maxKeys: 2,
  }),
}));

export const schemasOpenApi3 = withDefinitions("definitions", (inner, refs) => ({
  ...common(inner),
  ...bounds,
  ...refs,
  nullable: fc.boolean(),
  "type nullable": together({ type, nullable: fc.constant(true) }),
  example: leaf,
  discriminator: fc.constant({ propertyName: "a" }),
}));
