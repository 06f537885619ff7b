import { isObject } from "./json.js";
import type { JsonSchema, SchemaObject } from "./schema.js";

/** The field of a value that selects a branch of a `oneOf` or `anyOf`. */
export interface Discriminator {
  readonly property: string;
  /** The values of the field that select a branch; the branch has to be a reference. */
  valuesOf(branch: JsonSchema): readonly string[];
}

/** The discriminator of a contract's schema; null if it has none. */
export const discriminatorOf = (schema: SchemaObject): Discriminator | null => {
  const written = schema.discriminator;
  if (!isObject(written) || typeof written.propertyName !== "string") return null;
  const pairs = isObject(written.mapping) ? Object.entries(written.mapping) : [];
  const byTarget = Map.groupBy(pairs, ([, to]) => to);
  return {
    property: written.propertyName,
    valuesOf: (branch) => {
      const ref = typeof branch === "boolean" ? undefined : branch.$ref;
      return (ref === undefined ? undefined : byTarget.get(ref))?.map(([value]) => value) ?? [];
    },
  };
};
