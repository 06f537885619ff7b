import type { ContractMessage } from "@keyline/contract";
import type { JsonSchema } from "@keyline/json-schema";
import { expect, test } from "vitest";
import type { MessageNames } from "../names/plan.js";
import { envelopeOf } from "./envelope.js";

const schemas: Readonly<Record<string, JsonSchema>> = {
  Envelope: {
    type: "object",
    required: ["event_type", "timestamp", "version"],
    properties: {
      event_id: { $ref: "#/schemas/Id" },
      correlation_id: { type: "string", format: "uuid" },
      event_type: { type: "string" },
      timestamp: { type: "string", format: "date-time" },
      version: { enum: [3] },
    },
  },
  Id: { type: "string", format: "uuid" },
  Loop: { allOf: [{ $ref: "#/schemas/Loop" }, { type: "object", properties: { event_id: { $ref: "#/schemas/Id" } } }] },
};

function envelope(
  payload: JsonSchema,
  more: { correlation?: ContractMessage["correlation"]; keyPath?: string[] } = {},
) {
  const message = { payload, correlation: more.correlation ?? null } as ContractMessage;
  return envelopeOf({ message, keyPath: more.keyPath ?? null } as unknown as MessageNames, (name) => schemas[name]);
}

const created: JsonSchema = {
  allOf: [{ $ref: "#/schemas/Envelope" }, { type: "object", properties: { event_type: { const: "order.created" } } }],
};

test("fields are found through allOf and $ref, and filled in the order in which they are declared", () => {
  const correlation = { in: "payload", path: ["correlation_id"] } as const;
  expect(envelope(created, { correlation })).toEqual({
    fill: [
      { path: ["event_id"], with: "id" },
      { path: ["correlation_id"], with: "correlation" },
      { path: ["event_type"], with: "const", value: "order.created" },
      { path: ["timestamp"], with: "now" },
      { path: ["version"], with: "const", value: 3 },
    ],
    id: ["event_id"],
    type: { path: ["event_type"], value: "order.created" },
    time: ["timestamp"],
    correlation,
  });
});

test("without a location in the contract no correlation id is filled in", () => {
  expect(envelope(created).fill.map(({ path }) => path.join("."))).not.toContain("correlation_id");
});

test("a correlation id in the headers is known but not filled into the payload", () => {
  const correlation = { in: "header", path: ["correlation_id"] } as const;
  const { fill, correlation: found } = envelope(created, { correlation });
  expect(found).toBe(correlation);
  expect(fill.some(({ with: how }) => how === "correlation")).toBe(false);
});

test("a correlation id of another form than a UUID is not filled in", () => {
  const correlation = { in: "payload", path: ["c"] } as const;
  for (const form of [{ pattern: "^x" }, { format: "email" }, { enum: ["a", "b"] }]) {
    const schema = { type: "object", properties: { c: { type: "string", ...form } } };
    expect(envelope(schema, { correlation }).fill).toEqual([]);
  }
});

test("names alone fill in nothing: the types and formats must fit", () => {
  const schema = {
    type: "object",
    required: ["event_id", "timestamp", "event_type"],
    properties: { event_id: { type: "integer" }, timestamp: { type: "string" }, event_type: { type: "string" } },
  };
  expect(envelope(schema)).toEqual({ fill: [], id: null, type: null, time: null, correlation: null });
});

test("an optional constant is left out, not filled in", () => {
  expect(envelope({ type: "object", properties: { version: { const: 1 } } }).fill).toEqual([]);
});

test("the key is never filled in: whose event it is, only the caller knows", () => {
  const { fill } = envelope(created, { keyPath: ["event_id"] });
  expect(fill.map(({ path }) => path[0])).not.toContain("event_id");
});

test("a constant under a name that every object has must be passed", () => {
  const schema = { type: "object", required: ["constructor"], properties: { constructor: { const: 1 } } };
  expect(envelope(schema).fill).toEqual([]);
});

test("a schema that refers to itself in allOf comes to an end", () => {
  expect(envelope({ $ref: "#/schemas/Loop" }).id).toEqual(["event_id"]);
});
