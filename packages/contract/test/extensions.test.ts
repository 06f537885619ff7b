import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const document: unknown = parse(readFileSync(`${root}/asyncapi.yaml`, "utf8"));

const validatorOf = (extension: string) =>
  new Ajv({ strict: true }).compile(
    JSON.parse(readFileSync(`${root}/docs/extensions/${extension}.schema.json`, "utf8")),
  );

const domain = { key: "$message.payload#/id", partitioner: "murmur2" };

const cases: readonly (readonly [extension: string, value: unknown, isValid: boolean])[] = [
  ["x-ordering", { orders: domain }, true],
  ["x-ordering", "orders", true],
  ["x-ordering", "none", true],
  ["x-ordering", {}, false],
  ["x-ordering", { none: domain }, false],
  ["x-ordering", { orders: { key: domain.key } }, false],
  ["x-ordering", { orders: { ...domain, partitioner: "random" } }, false],
  ["x-ordering", { orders: { ...domain, key: "$message.header#/id" } }, false],
  ["x-ordering", { orders: { ...domain, key: "$message.payload#" } }, false],
  ["x-ordering", { orders: { ...domain, partitions: 3 } }, false],
  ["x-ordering", { orders: { ...domain, maxKeyBytes: 2000 } }, true],
  ["x-ordering", { orders: { ...domain, maxKeyBytes: 2001 } }, false],
  ["x-ordering", { orders: { ...domain, maxKeyBytes: 0 } }, false],
  ["x-ordering", { orders: { ...domain, "x-owner": "shop" } }, true],
  ["x-wire", "plain", true],
  ["x-wire", "cloudevents", true],
  ["x-wire", "avro", false],
  ["x-app", "shop", true],
  ["x-app", "", false],
];

test.each(cases)("the schema of %s judges %j", (extension, value, isValid) => {
  expect(validatorOf(extension)(value)).toBe(isValid);
});

describe("the student contract", () => {
  test.each(["x-ordering", "x-wire"])("%s is valid", (extension) => {
    const value = (document as { readonly [field: string]: unknown })[extension];
    expect(value).toBeDefined();
    expect(validatorOf(extension)(value)).toBe(true);
  });
});
