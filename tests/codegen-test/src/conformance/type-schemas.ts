import type { NamedSchemas } from "./evaluate.js";

/** A schema for each kind of type; `types/schemas.ts` says what may be written and read. */
export const typeSchemas: NamedSchemas = {
  Run: {
    type: "object",
    required: ["success", "at"],
    properties: {
      success: { type: "boolean" },
      at: { type: "string", format: "date-time" },
      error_type: { type: "string", minLength: 1 },
      grade: { enum: ["a", "b", null] },
      kind: { const: "run" },
      note: { type: ["string", "null"] },
      legacy: { type: "string", nullable: true },
      tags: { type: "array", items: { type: "string" }, uniqueItems: true },
      counts: { type: "object", additionalProperties: { type: "integer" } },
      anything: {},
    },
  },
  Open: { type: "object", properties: { a: { type: "string" } }, additionalProperties: true },
  Patterned: {
    type: "object",
    properties: { a: { type: "string" } },
    patternProperties: { "^x-": { type: "integer" } },
  },
  OnlyPatterned: { type: "object", patternProperties: { "^x-": {} }, additionalProperties: false },
  Demanding: { type: "object", required: ["a", "b"], properties: { a: { type: "string" } } },
  Free: { type: "object" },
  Pair: { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false },
  Shape: {
    oneOf: [
      { type: "object", required: ["kind", "r"], properties: { kind: { const: "circle" }, r: { type: "number" } } },
      { type: "object", required: ["kind", "a"], properties: { kind: { const: "square" }, a: { type: "number" } } },
    ],
  },
  Either: { anyOf: [{ type: "integer" }, { type: "string" }] },
  Both: {
    allOf: [
      { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
      { required: ["name"], properties: { name: { type: "string" } } },
    ],
  },
  Tree: {
    type: "object",
    required: ["label"],
    properties: { label: { type: "string" }, children: { type: "array", items: { $ref: "#/schemas/Tree" } } },
  },
  Point: { const: { x: 1, y: [2] } },
};
