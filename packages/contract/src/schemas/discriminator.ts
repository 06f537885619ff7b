import { type Json, type JsonObject, refName, refTo } from "@keyline/json-schema";
import { deref, refText } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";
import { wrappedIn } from "./dialects/translate.js";

/** The name by which a reference's target is known: the last part of the pointer, else the file's name. */
const nameIn = (ref: string): string => {
  const last = ref.split("/").at(-1) ?? ref;
  return last.replace(/#$/, "").replace(/\.(json|ya?ml)$/i, "");
};

/** A base says of all its children what the field may be, and of none which value means it. */
const isBase = (schema: SourceNode): boolean =>
  ["discriminator", "oneOf", "anyOf"].some((keyword) => entry(schema, keyword) !== undefined);

const readSchema = (files: Files, node: SourceNode): SourceNode | null => {
  const schema = deref(files, node);
  return schema && (wrappedIn(schema) ?? schema);
};

/** A branch and what it consists of by `allOf`, the nearest first, without the bases that it extends. */
const ownParts = (files: Files, branch: SourceNode): Iterable<SourceNode> => {
  const own = readSchema(files, branch);
  const parts = new Set(own === null ? [] : [own]);
  // A set that grows while it is walked through is walked through to its new end.
  for (const part of parts)
    for (const one of items(entry(part, "allOf"))) {
      const schema = readSchema(files, one);
      if (schema !== null && !(refText(one) !== null && isBase(schema))) parts.add(schema);
    }
  return parts;
};

/** The values that a branch itself leaves to a field, by `const` or `enum`; none where it does not say. */
const saidBy = (files: Files, branch: SourceNode, property: string): readonly SourceNode[] => {
  for (const part of ownParts(files, branch)) {
    const field = deref(files, entry(entry(part, "properties"), property));
    const constant = entry(field, "const");
    const values = constant === undefined ? items(entry(field, "enum")) : [constant];
    if (values.length > 0) return values;
  }
  return [];
};

/** The values of the field that mean a branch by itself: its name, or those that it says where its name is not one of them. */
const unmappedValues = (files: Files, branch: SourceNode, name: string, property: string): readonly string[] => {
  const said = saidBy(files, branch, property).map(text);
  if (said.length === 0 || said.includes(name)) return [name];
  return said.filter((value) => value !== null);
};

type Mapping = readonly (readonly [string, SourceNode])[];

/** The values that are mapped to a branch. */
const mappedValues = (mapping: Mapping, ref: string): readonly string[] =>
  mapping.filter(([, to]) => text(to) === ref || nameIn(text(to) ?? "") === nameIn(ref)).map(([value]) => value);

/**
 * A discriminator in the one form that contracts have, OpenAPI's with every branch of `oneOf` or `anyOf` mapped that is a
 * reference: `{ propertyName, mapping: { Bike: "#/schemas/Bike" } }`. AsyncAPI's own form is the property's name alone.
 * Null where a discriminator is neither. `converted`: the schema with its references as contracts have them.
 */
export const readDiscriminator = (files: Files, schema: SourceNode, converted: JsonObject): JsonObject | null => {
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
      const mapped = mappedValues(mapping, ref);
      const values = mapped.length > 0 ? mapped : unmappedValues(files, branch, nameIn(ref), propertyName);
      return values.map((value): readonly [string, Json] => [value, refTo(name).$ref ?? null]);
    });
  });
  return { propertyName, mapping: Object.fromEntries(pairs) };
};
