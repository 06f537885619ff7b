import { parseContract } from "@keyline/contract";
import { expect, test } from "vitest";
import { packageVersion } from "./emit/manifest.js";
import { generate } from "./generate.js";
import { scopeOf } from "./generate-from-file.js";

const yaml = `asyncapi: 3.0.0
info: { title: Orders, version: 1.0.0 }
channels:
  orders:
    address: orders
    bindings: { kafka: { partitions: 3 } }
    messages:
      created: { payload: { $ref: "#/components/schemas/Order" } }
components:
  schemas:
    Order:
      type: object
      not: { $ref: "#/components/schemas/Order" }
`;

test("a schema that cannot be generated refuses everything, at the schema's place", async () => {
  const { contract } = await parseContract(yaml, { file: "orders.yaml" });
  if (contract === null) throw new Error("the contract is refused on loading already");
  const { files, diagnostics } = generate(contract, { scope: "@orders" });
  expect(files).toEqual([]);
  expect(diagnostics).toEqual([
    expect.objectContaining({ file: "orders.yaml", line: 11, rule: "schema-unsupported", severity: "error" }),
    expect.objectContaining({ file: "orders.yaml", line: 8, rule: "schema-unsupported", severity: "error" }),
  ]);
  expect(diagnostics[0]?.message).toContain(
    "schema Order cannot be generated: the schema refers to itself without an end",
  );
});

test.each([
  ["1.2.3", "1.2.3"],
  ["1.2.3-beta.1+build", "1.2.3-beta.1+build"],
  ["1.2", "0.0.0"],
  ["v1.2.3", "0.0.0"],
  ["01.2.3", "0.0.0"],
  ['1.0.0"', "0.0.0"],
  [`1.0.0-${"9".repeat(300)}a`, "0.0.0"],
])("the contract's version %j becomes %j", (version, expected) => {
  expect(packageVersion(version)).toBe(expected);
});

test.each([
  ["Student events", "@student-events"],
  ["Übergröße & Co.", "@ubergro-e-co"],
  ["漢字", "@events"],
  [" ", "@events"],
])("the title %j gives the scope %j", (title, scope) => {
  expect(scopeOf(title)).toBe(scope);
});
