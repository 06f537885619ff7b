import { type Json, type Resolve, typeOf } from "@keyline/json-schema";
import { intersectionOf, type Member, type Members, type TypeModel, typeOfSchema } from "./type-of.js";

/** The fields of a type that is an object of fields in all its parts, put together; null for every other type. */
export function membersOf(type: TypeModel, resolve: Resolve): Members | null {
  if (type.kind === "members") return type;
  if (type.kind === "word") return type.word === "object" ? { kind: "members", fields: [], others: null } : null;
  if (type.kind === "named") {
    const schema = resolve(type.name);
    return schema === undefined ? null : membersOf(typeOfSchema(schema, resolve), resolve);
  }
  if (type.kind !== "intersection") return null;
  const parts = type.of.flatMap((part) => membersOf(part, resolve) ?? []);
  const canMerge =
    parts.length === type.of.length && parts.every(({ others }) => others === null || isAnything(others, resolve));
  return canMerge ? merge(parts, resolve) : null;
}

/** Whether the type is `unknown`, perhaps by another name. */
function isAnything(type: TypeModel, resolve: Resolve): boolean {
  if (type.kind !== "named") return type.kind === "word" && type.word === "unknown";
  const schema = resolve(type.name);
  return schema !== undefined && isAnything(typeOfSchema(schema, resolve), resolve);
}

function merge(parts: readonly Members[], resolve: Resolve): Members {
  const byName = new Map<string, Member[]>();
  for (const field of parts.flatMap(({ fields }) => fields)) {
    byName.set(field.name, [...(byName.get(field.name) ?? []), field]);
  }
  const fields = [...byName].map(([name, said]): Member => {
    return {
      name,
      type: narrowest(
        said.map(({ type }) => type),
        resolve,
      ),
      isOptional: said.every(({ isOptional }) => isOptional),
      mayBeUndefined: said.every(({ mayBeUndefined, type }) => mayBeUndefined || isAnything(type, resolve)),
      description: said.map(({ description }) => description).find((text) => text !== null) ?? null,
      isDeprecated: said.some(({ isDeprecated }) => isDeprecated),
    };
  });
  return { kind: "members", fields, others: parts.find(({ others }) => others !== null)?.others ?? null };
}

/** All of the types at once, without those that say nothing beside another. */
function narrowest(types: readonly TypeModel[], resolve: Resolve): TypeModel {
  const isCovered = (type: TypeModel, index: number) =>
    types.some(
      (other, at) => at !== index && covers(type, other, resolve) && !(at > index && covers(other, type, resolve)),
    );
  return intersectionOf(types.filter((type, index) => !isCovered(type, index)));
}

/** Whether every value of `narrow` is one of `wide`, as far as that is plain to see. */
function covers(wide: TypeModel, narrow: TypeModel, resolve: Resolve): boolean {
  if (JSON.stringify(wide) === JSON.stringify(narrow)) return true;
  if (narrow.kind === "union") return narrow.of.every((type) => covers(wide, type, resolve));
  if (wide.kind !== "word") return false;
  if (wide.word !== "object") return narrow.kind === "constant" && isOfType(narrow.value, wide.word);
  return narrow.kind === "list" || narrow.kind === "tuple" || membersOf(narrow, resolve) !== null;
}

const isOfType = (value: Json, word: string) => typeOf(value) === word;
