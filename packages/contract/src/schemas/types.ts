import { isTypeName, type TypeName, typeNames } from "@keyline/json-schema";
import { deref } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { boolean, entry, items, type SourceNode, text } from "../source/tree.js";
import type { Alternative } from "./alternatives.js";

const typeOfValue = (node: SourceNode): TypeName => {
  if (node.kind === "map") return "object";
  if (node.kind === "list") return "array";
  if (node.value === null) return "null";
  if (typeof node.value === "number") return Number.isInteger(node.value) ? "integer" : "number";
  return typeof node.value === "boolean" ? "boolean" : "string";
};

/** A number schema also accepts integers. */
const widened = (type: TypeName): readonly TypeName[] => (type === "number" ? ["number", "integer"] : [type]);

/** With `nullable`, which AsyncAPI's schemas keep as it is written: it adds null to the types that are named beside it. */
const statedTypes = (files: Files, schema: SourceNode): readonly TypeName[] | null => {
  const type = deref(files, entry(schema, "type"));
  const names = type?.kind === "list" ? items(type).map(text) : [text(type)];
  const known = names.flatMap((name) => (name !== null && isTypeName(name) ? widened(name) : []));
  const ofNull: readonly TypeName[] = boolean(entry(schema, "nullable")) === true ? ["null"] : [];
  return known.length > 0 ? [...known, ...ofNull] : null;
};

const valueTypes = (files: Files, schema: SourceNode): readonly TypeName[] | null => {
  const constant = entry(schema, "const");
  const values = constant ? [constant] : items(deref(files, entry(schema, "enum")));
  return values.length > 0 ? values.map(typeOfValue) : null;
};

/** The types that a value may have under schemas that hold together; all of them where none says. */
export const allowedTypes = (files: Files, alternative: Alternative): ReadonlySet<TypeName> => {
  const constraints = alternative.flatMap((schema) =>
    [statedTypes(files, schema), valueTypes(files, schema)].flatMap((types) => (types ? [new Set(types)] : [])),
  );
  return new Set(typeNames.filter((type) => constraints.every((allowed) => allowed.has(type))));
};

/** Whether no schema says anything about the type. */
export const isUntyped = (types: ReadonlySet<TypeName>): boolean => types.size === typeNames.length;
