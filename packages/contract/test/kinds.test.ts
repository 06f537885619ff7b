import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadContract } from "../src/index.js";

const kinds = fileURLToPath(new URL("../fixtures/kinds", import.meta.url));

const load = async (path: string) => {
  const { contract, diagnostics } = await loadContract(`${kinds}/${path}`);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return { contract, diagnostics, errors };
};

test("a document without extensions, with parameters and traits, is unkeyed and plain", async () => {
  const { contract, errors } = await load("parameters-and-traits.yaml");
  expect(errors).toEqual([]);
  expect(contract?.domains).toEqual([]);
  expect(contract?.channels).toMatchObject([
    { id: "humidity", address: "greenhouse.{bedId}.humidity", domain: null, wire: "plain", partitions: null },
    { id: "valves", parameters: [{ name: "bedId", description: "The bed." }] },
  ]);
  expect(contract?.channels[0]?.messages[0]?.headers).toMatchObject({ properties: { firmware: { maximum: 100 } } });
  expect(contract?.schemas.map(({ name }) => name)).toEqual(["readingPayload", "sentAt"]);
});

test("Avro and a reply without an address are left out, each by its rule and place", async () => {
  const { contract, errors, diagnostics } = await load("avro-request-reply.yaml");
  expect(errors).toEqual([]);
  expect(contract?.channels).toEqual([]);
  expect(contract?.opaque.map(({ id, address, partitions }) => [id, address, partitions])).toEqual([
    ["requests", "quotes-request", 3],
    ["replies", null, null],
  ]);
  expect(diagnostics.filter(({ severity }) => severity === "warning").map(({ rule, line }) => [rule, line])).toEqual([
    ["version-semver", 4],
    ["kafka-missing", 14],
    ["address-null", 29],
    ["schema-format", 55],
  ]);
});

test("several messages on a channel keep their names, examples and shared schemas", async () => {
  const { contract, errors } = await load("many-messages.yaml");
  expect(errors).toEqual([]);
  expect(contract?.channels[0]?.messages).toMatchObject([
    { id: "lent", name: "lent", component: null, deprecated: false },
    { id: "returned", name: "BookReturned", component: "returned", deprecated: true },
    { id: "anything", payload: { oneOf: [{}, {}, { $ref: "#/schemas/returned_payload_condition" }] } },
  ]);
  expect(contract?.operations.map(({ id, messages }) => [id, messages])).toEqual([
    ["lend", ["lent"]],
    ["watch", ["lent", "returned", "anything"]],
  ]);
});

test("a document over several files, YAML and JSON, recursive over two of them, is one contract", async () => {
  const { contract, diagnostics, errors } = await load("split/asyncapi.yaml");
  expect(errors).toEqual([]);
  expect(contract?.schemas).toMatchObject([
    { name: "team", schema: { properties: { lead: { $ref: "#/schemas/user" } } } },
    { name: "user", position: { file: `${kinds}/split/schemas/user.json`, line: 1, column: 1 } },
    { name: "user_Id", position: { line: 9, column: 20 } },
  ]);
  const invalid = diagnostics.filter(({ rule }) => rule === "example-invalid");
  expect(invalid).toMatchObject([{ file: `${kinds}/split/messages.yaml`, line: 9, column: 17 }]);
  expect(invalid[0]?.message).toContain("payload.team.lead.id must be integer");
});
