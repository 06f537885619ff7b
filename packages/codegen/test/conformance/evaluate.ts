import type { JsonSchema } from "@keyline/contract";
import { s } from "@keyline/runtime/codegen";
import { z } from "zod";
import { printSchema, schemaProblems } from "../../src/json-schema/index.js";

/** Prints a schema with named ones around it, and runs the printed code. */
export function zodOf(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): z.ZodType {
  const resolve = (name: string) => named[name];
  const problems = schemaProblems(null, schema, resolve);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const options = { ref: (name: string) => `named[${JSON.stringify(name)}]`, recursive: () => true, resolve };
  const compiled: Record<string, z.ZodType> = {};
  const run = (code: string) => new Function("z", "s", "named", `return (${code})`)(z, s, compiled) as z.ZodType;
  for (const [name, part] of Object.entries(named)) compiled[name] = run(printSchema(part, options));
  return run(printSchema(schema, options));
}
