import type { JsonObject } from "@keyline/json-schema";
import type { ErrorObject } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type SourceNode, toJson } from "../../source/tree.js";
import type { Dialect } from "./dialect.js";

const options = { strict: false, logger: false } as const;

type Judge = Pick<Ajv2020, "validateSchema" | "errors">;

const judges: Readonly<Partial<Record<Dialect, () => Judge>>> = {
  "2019-09": () => new Ajv2019(options),
  "2020-12": () => new Ajv2020(options),
  "openapi-3.1": () => new Ajv2020(options),
};

/**
 * What is wrong with a schema as it was written, by the meta-schema of its dialect; null where nothing is. Of dialects whose
 * words are draft 7's, draft 7's meta-schema says it of the schema that was made from it.
 *
 * Invariant: `made` has the judges that were asked for; compiling a meta-schema takes a tenth of a second.
 */
export const createWrittenCheck = (): ((schema: SourceNode, dialect: Dialect) => ErrorObject | null) => {
  const made = new Map<Dialect, Judge>();
  return (schema, dialect) => {
    const judge = made.get(dialect) ?? judges[dialect]?.();
    if (judge === undefined || schema.kind !== "map") return null;
    made.set(dialect, judge);
    // ajv would look for the meta-schema that it names, which may be another.
    const { $schema: _, ...words } = toJson(schema) as JsonObject;
    return judge.validateSchema(words) === true ? null : (judge.errors?.[0] ?? null);
  };
};
