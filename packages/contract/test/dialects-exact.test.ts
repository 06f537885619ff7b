import type { Json, JsonObject } from "@keyline/json-schema";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReporter } from "../src/diagnostics/reporter.js";
import { loadRefs } from "../src/refs/check.js";
import { createSchemaRegistry } from "../src/schemas/registry.js";
import { createValidator } from "../src/schemas/validator.js";
import { openFiles } from "../src/source/files.js";
import { entry } from "../src/source/tree.js";
import { type Drawn, schemas2019, schemas2020, schemasDraft4, schemasOpenApi3, values } from "./dialect-schemas.js";
import { naiveFits } from "./naive-schema.js";

type Fits = (value: unknown) => boolean | null;

/** How the contract judges values of a schema in a file under a label; null where it refuses the schema. */
const asRead = async (format: string, schema: Drawn): Promise<Fits | null> => {
  const reporter = createReporter();
  const main = JSON.stringify({ payload: { schemaFormat: format, schema: { $ref: "schema.json" } } });
  const files = openFiles(main, "main.json", async () => JSON.stringify(schema));
  await loadRefs(files, reporter);
  const registry = createSchemaRegistry(files, reporter);
  const asked = entry(files.main.root, "payload");
  const payload = registry.schema(asked);
  const nodes = asked === undefined ? [] : [asked];
  if (registry.refusals(nodes).length > 0) return null;
  if (reporter.sorted("main.json").some(({ severity }) => severity === "error")) return null;
  const validator = createValidator(registry.collected(nodes));
  return (value) => validator.fits(payload, value);
};

const byAjv =
  (judge: Pick<Ajv2020, "compile">) =>
  (schema: Drawn): Fits => {
    const validate = judge.compile(schema);
    return (value) => validate(value);
  };

const options = { strict: false, logger: false, validateSchema: false } as const;

const byWord =
  (knowsNullable: boolean) =>
  (schema: Drawn): Fits => {
    const root = (typeof schema === "boolean" ? {} : schema) as JsonObject;
    return (value) => naiveFits({ root, knowsNullable }, schema as Json, value as Json);
  };

const dialects = [
  ["application/schema+json;version=2019-09", schemas2019, byAjv(new Ajv2019(options))],
  ["application/schema+json;version=draft-2020-12", schemas2020, byAjv(new Ajv2020(options))],
  ["application/vnd.oai.openapi+json;version=3.1.0", schemas2020, byAjv(new Ajv2020(options))],
  ["application/schema;version=draft-04", schemasDraft4, byWord(false)],
  ["application/vnd.oai.openapi;version=3.0.3", schemasOpenApi3, byWord(true)],
] as const;

describe.each(dialects)("%s", (format, schemas, reference) => {
  test("a schema that is accepted means the same on every value as in its own dialect", async () => {
    let accepted = 0;
    const fitting = { yes: 0, no: 0 };
    const run = async (schema: Drawn, drawn: readonly unknown[]) => {
      const fits = await asRead(format, schema);
      if (fits === null) return;
      accepted += 1;
      const wanted = reference(schema);
      for (const value of drawn) {
        const verdict = wanted(value);
        fitting[verdict ? "yes" : "no"] += 1;
        expect({ value, fits: fits(value) }).toEqual({ value, fits: verdict });
      }
    };
    await fc.assert(fc.asyncProperty(schemas, fc.array(values, { minLength: 12, maxLength: 12 }), run), {
      numRuns: 200,
    });
    expect(accepted).toBeGreaterThan(100);
    expect(Math.min(fitting.yes, fitting.no)).toBeGreaterThan(200);
  });
});
