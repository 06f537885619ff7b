import { isObject } from "./json.js";
import type { JsonSchema, SchemaObject } from "./schema.js";

/** Which field of a value says which branch of a `oneOf` or `anyOf` is meant. */
export interface Discriminator {
  readonly property: string;
  /** For a branch that is a reference: the values of the field that mean it. */
  valuesOf(branch: JsonSchema): readonly string[];
}

/** The discriminator of a contract's schema; null where it has none. */
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
