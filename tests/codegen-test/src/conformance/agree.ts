import { createValidator, type Json, type Validator } from "@keyline/contract";
import { acceptsOf } from "@keyline/runtime/testing";
import type { z } from "zod";
import { contractOf, evaluate, type NamedSchemas } from "./evaluate.js";
import { type Judge, judgeOf } from "./reference.js";

/** How often generated code and ajv were held against each other. */
export const tally = { compared: 0, accepted: 0, refusedSchemas: 0, ajvFailed: 0 };

/**
 * Holds generated code, and what judges examples and records for the commands, against ajv on every value; throws at the first
 * on which they differ.
 */
export function agree(schemas: NamedSchemas, values: readonly Json[], name = "Main"): void {
  const evaluated = evaluate(contractOf(schemas));
  if ("refused" in evaluated) {
    // Only what no validator can decide may be refused here.
    if (!evaluated.refused.includes("refers to itself")) throw new Error(`refused: ${evaluated.refused}`);
    tally.refusedSchemas += 1;
    return;
  }
  const zod = evaluated.schemas.get(name);
  if (!zod) throw new Error(`no schema ${name}`);
  const tools = createValidator(contractOf(schemas).schemas);
  compare({ zod, tools, judge: judgeOf(name, schemas), name }, values, schemas);
}

/** All that judge values of one schema. */
interface Judges {
  readonly name: string;
  readonly zod: z.ZodType;
  readonly tools: Validator;
  readonly judge: Judge;
}

function compare({ zod, tools, judge, name }: Judges, values: readonly Json[], schemas: NamedSchemas): void {
  for (const value of values) {
    const expected = judge(value);
    if (expected === null) {
      tally.ajvFailed += 1;
      continue;
    }
    tally.compared += 1;
    if (expected) tally.accepted += 1;
    const said = zod.safeParse(value);
    const text = JSON.stringify(value);
    if (said.success !== expected)
      throw new Error(`ajv ${expected}, zod ${said.success}: ${text} by ${JSON.stringify(schemas)}`);
    const told = tools.fits({ $ref: `#/schemas/${name}` }, value);
    if (told !== expected)
      throw new Error(`ajv and zod ${expected}, audit, trace and check ${told}: ${text} by ${JSON.stringify(schemas)}`);
    if (acceptsOf(zod)(value) !== expected)
      throw new Error(`ajv and zod ${expected}, the quick judge ${!expected}: ${text} by ${JSON.stringify(schemas)}`);
    if (said.success && JSON.stringify(said.data) !== text)
      throw new Error(`changed: ${text} to ${JSON.stringify(said.data)} by ${JSON.stringify(schemas)}`);
  }
}
