import type { Json, JsonSchema } from "@keyline/contract";
import { describe, expect, test } from "vitest";
import { agree } from "./agree.js";
import { contractOf, evaluate, type NamedSchemas } from "./evaluate.js";

const object = (properties: { readonly [name: string]: JsonSchema }, ...required: readonly string[]): JsonSchema =>
  ({ type: "object", properties, required }) as JsonSchema;

const Card = object({ kind: { const: "card" }, number: { type: "string" } }, "kind", "number");
const Cash = object({ kind: { const: "cash" }, coins: { type: "integer" } }, "kind");
const ref = (name: string): { readonly $ref: string } => ({ $ref: `#/schemas/${name}` });

/** What is said of a value, a finding a line. */
const said = (schemas: NamedSchemas, value: Json): readonly string[] => {
  const evaluated = evaluate(contractOf(schemas));
  if ("refused" in evaluated) throw new Error(evaluated.refused);
  const { error } = evaluated.schemas.get("Main")?.safeParse(value) ?? {};
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};

const values: readonly Json[] = [
  ...[{ kind: "card", number: "1" }, { kind: "cash" }, { kind: "cash", coins: 1 }, { kind: "card" }],
  ...[{ kind: "cash", coins: "1" }, { kind: "x" }, {}, null, 1, { kind: ["card"] }, { kind: "a", number: "1" }],
];

describe.each(["oneOf", "anyOf"] as const)("%s", (keyword) => {
  const main = (more: object = {}, branches: readonly JsonSchema[] = [ref("Card"), ref("Cash")]): JsonSchema =>
    ({ [keyword]: branches, ...more }) as JsonSchema;

  test("a field that is constant in each branch tells whose findings are meant", () => {
    const schemas = { Main: main(), Card, Cash };
    agree(schemas, values);
    expect(said(schemas, { kind: "card" })).toEqual([expect.stringMatching(/^number: /)]);
    expect(said(schemas, { kind: "cash", coins: "1" })).toEqual([expect.stringMatching(/^coins: /)]);
    expect(said(schemas, { kind: "x" })).toEqual(['kind: is none of "card", "cash"']);
    expect(said(schemas, 1)).toHaveLength(1);
  });

  test("the discriminator tells it before any other field, by constants or by its mapping", () => {
    const open = (name: string) =>
      object({ type: { const: "same" }, kind: { type: "string" }, [name]: { type: "integer" } }, "kind");
    const discriminator = { propertyName: "kind", mapping: { a: "#/schemas/A", aa: "#/schemas/A", b: "#/schemas/B" } };
    const schemas = { Main: main({ discriminator }, [ref("A"), ref("B")]), A: open("x"), B: open("y") };
    agree(schemas, values);
    const bad = { x: "1", y: "1" };
    expect(said(schemas, { kind: "a", ...bad })).toEqual([expect.stringMatching(/^x: /)]);
    expect(said(schemas, { kind: "aa", ...bad })).toEqual([expect.stringMatching(/^x: /)]);
    expect(said(schemas, { kind: "b", ...bad })).toEqual([expect.stringMatching(/^y: /)]);
    expect(said(schemas, { kind: "c", ...bad })).toEqual(['kind: is none of "a", "aa", "b"']);
  });

  test("of branches that no field tells apart it is told why each does not fit", () => {
    const schemas = { Main: main({}, [ref("Card"), object({ kind: { enum: ["card", "cash"] } }, "kind")]), Card };
    agree(schemas, values);
    expect(said(schemas, { kind: "x" })).toEqual([
      expect.stringMatching(/^: fits none of 2 alternatives: kind .+; or kind .+/),
    ]);
    expect(said(schemas, 1)).toEqual([
      ": fits none of 2 alternatives: Invalid input: expected object, received number",
    ]);
  });

  test("through the branch of a branch", () => {
    const schemas = {
      Main: main({}, [ref("Paid"), object({ state: { const: "open" } }, "state")]),
      Paid: { allOf: [object({ state: { const: "paid" }, by: ref("By") }, "state", "by")] } as JsonSchema,
      By: main(),
      Card,
      Cash,
    };
    expect(said(schemas, { state: "paid", by: { kind: "card" } })).toEqual([expect.stringMatching(/^by\.number: /)]);
  });
});
