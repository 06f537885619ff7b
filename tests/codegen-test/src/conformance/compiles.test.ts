import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "@keyline/codegen";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, type Generated, layOut } from "../kit/compile.js";
import { contractOf, type NamedSchemas } from "./evaluate.js";
import { schemasArbitrary } from "./schemas.js";
import { typeSchemas } from "./type-schemas.js";

function eventsOf(schemas: NamedSchemas, scope: string): Generated {
  const { files } = generate(contractOf(schemas), { scope });
  return { scope, files: files.filter(({ path }) => path.startsWith("events/")) };
}

test("random schemas, recursive ones too, compile", async () => {
  const samples = fc.sample(schemasArbitrary, { seed: 20_261_123, numRuns: 40 });
  const packages = samples.map((schemas, index) => eventsOf(schemas, `@sample${index}`));
  expect(packages.every(({ files }) => files.length > 0)).toBe(true);
  expect(await compile(await layOut("samples", packages), packages)).toEqual([]);
}, 120_000);

test("inferred types allow what the schema allows, and nothing that is misspelt", async () => {
  const packages = [eventsOf(typeSchemas, "@kinds")];
  const root = await layOut("kinds", packages);
  const use = join(root, "schemas.ts");
  await copyFile(fileURLToPath(new URL("../../types/schemas.ts", import.meta.url)), use);
  expect(await compile(root, packages, [use])).toEqual([]);
}, 60_000);
