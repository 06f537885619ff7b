import { type Json, type JsonObject, refName, refTo } from "@keyline/json-schema";
import { refText } from "../refs/resolve.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";

/** The name by which a reference's target is known: the last part of the pointer, else the file's name. */
const nameIn = (ref: string): string => {
  const last = ref.split("/").at(-1) ?? ref;
  return last.replace(/#$/, "").replace(/\.(json|ya?ml)$/i, "");
};

/** The values of the discriminator that mean a branch: those that are mapped to it, else its name. */
const valuesOf = (mapping: readonly (readonly [string, SourceNode])[], ref: string): readonly string[] => {
  const mapped = mapping.filter(([, to]) => text(to) === ref || nameIn(text(to) ?? "") === nameIn(ref));
  return mapped.length > 0 ? mapped.map(([value]) => value) : [nameIn(ref)];
};

/**
 * A discriminator in the one form that contracts have, OpenAPI's with every branch of `oneOf` or `anyOf` mapped that is a
 * reference: `{ propertyName, mapping: { Bike: "#/schemas/Bike" } }`. AsyncAPI's own form is the property's name alone.
 * Null where a discriminator is neither. `converted`: the schema with its references as contracts have them.
 */
export const readDiscriminator = (schema: SourceNode, converted: JsonObject): JsonObject | null => {
  const written = entry(schema, "discriminator");
  const propertyName = text(written) ?? text(entry(written, "propertyName"));
  if (propertyName === null) return null;
  const mapping = entries(entry(written, "mapping"));
  const pairs = ["oneOf", "anyOf"].flatMap((keyword) => {
    const parts: Json | undefined = converted[keyword];
    return items(entry(schema, keyword)).flatMap((branch, index) => {
      const ref = refText(branch);
      const name = Array.isArray(parts) ? refName(parts[index] as JsonObject) : null;
      if (ref === null || name === null) return [];
      return valuesOf(mapping, ref).map((value): readonly [string, Json] => [value, refTo(name).$ref ?? null]);
    });
  });
  return { propertyName, mapping: Object.fromEntries(pairs) };
};
