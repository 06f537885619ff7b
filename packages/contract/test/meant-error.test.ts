import type { JsonSchema } from "@keyline/json-schema";
import { expect, test } from "vitest";
import { createValidator } from "../src/schemas/validator.js";

const object = (properties: object, ...required: readonly string[]) => ({ type: "object", properties, required });

const schemas = Object.entries({
  Card: object({ kind: { const: "card" }, number: { type: "string" } }, "kind", "number"),
  Cash: object({ kind: { const: "cash" }, coins: { type: "integer" } }, "kind"),
  Payment: { oneOf: [{ $ref: "#/schemas/Card" }, { $ref: "#/schemas/Cash" }] },
  Order: object({
    paid: { type: "array", items: { $ref: "#/schemas/Payment" } },
    "a/b": { $ref: "#/schemas/Payment" },
  }),
}).map(([name, schema]) => ({ name, schema: schema as unknown as JsonSchema }));

const validator = createValidator(schemas);

const told = (name: string, value: unknown) => {
  const error = validator.firstError({ $ref: `#/schemas/${name}` }, value);
  return error && `${error.instancePath} ${error.message}`;
};

test("an error is told of the branch that the value means, wherever it stands", () => {
  expect(told("Payment", { kind: "cash", coins: 1 })).toBeNull();
  expect(told("Payment", { kind: "cash", coins: "1" })).toBe("/coins must be integer");
  expect(told("Payment", { kind: "card" })).toBe(" must have required property 'number'");
  expect(told("Order", { paid: [{ kind: "cash" }, { kind: "cash", coins: "1" }] })).toBe(
    "/paid/1/coins must be integer",
  );
  expect(told("Order", { "a/b": { kind: "cash", coins: "1" } })).toBe("/a~1b/coins must be integer");
});

test("where a value means none it is ajv's first", () => {
  expect(told("Payment", { kind: "x" })).toMatch(/^\/kind|must have required/);
  expect(told("Order", { paid: 1 })).toBe("/paid must be array");
});
