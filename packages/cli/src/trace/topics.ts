import { describeTopics } from "@keyline/codegen";
import { type Contract, createValidator, type Json, type JsonSchema } from "@keyline/contract";
import type { Topics } from "@keyline/runtime";
import { z } from "zod";

/** The topics of a contract, able to decode records: as generated code has them, with ajv in the place of zod's schemas. */
export function topicsOf(contract: Contract): Topics {
  const validator = createValidator(contract.schemas);
  const schemaOf = (payload: JsonSchema) =>
    z.unknown().superRefine((value, context) => {
      // What decoding hands over was parsed from JSON.
      const error = validator.firstError(payload, value as Json);
      if (!error) return;
      const path = error.instancePath.split("/").slice(1);
      context.addIssue({ code: "custom", path, message: error.message ?? "is not as the schema says" });
    });
  return describeTopics(contract, schemaOf);
}
