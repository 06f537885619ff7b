import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import { studentMessage } from "./test-topic.js";
import { issuesText, schemaIssues } from "./validate.js";

type Judge = StandardSchemaV1.Props["validate"];

const judgedBy = (validate: Judge) => ({
  ...studentMessage("asked"),
  schema: { "~standard": { version: 1, vendor: "a test", validate } } as const,
});

test("a schema of another library than zod judges by the Standard Schema alone", () => {
  const message = judgedBy((value) =>
    value === "fits" ? { value } : { issues: [{ message: "does not fit", path: ["lines", 0, { key: "price" }] }] },
  );
  expect(schemaIssues(message, "fits")).toEqual([]);
  expect(schemaIssues(message, "other")).toEqual(["lines[0].price: does not fit"]);
});

test("a schema that judges asynchronously refuses everything and says why", () => {
  const message = judgedBy(async (value) => ({ value }));
  expect(schemaIssues(message, "fits")).toEqual([
    "payload: its schema judges asynchronously, which descriptors do not allow",
  ]);
});

test("a schema that throws refuses the payload, with what it threw", () => {
  const message = judgedBy(() => {
    throw new Error("too deep");
  });
  expect(schemaIssues(message, {})).toEqual(["payload: too deep"]);
});

test("many findings are told up to a number that can be read", () => {
  expect(issuesText(["a: x", "b: y"])).toBe("a: x; b: y");
  const many = Array.from({ length: 12 }, (_, index) => `f${index}: x`);
  expect(issuesText(many)).toBe(`${many.slice(0, 10).join("; ")}; and 2 more`);
});
