import type { TypeName } from "@keyline/json-schema";
import { deref } from "../refs/resolve.js";
import { alternatives, declared } from "../schemas/alternatives.js";
import { allowedTypes } from "../schemas/types.js";
import type { Files } from "../source/files.js";
import { entries, entry, type SourceNode } from "../source/tree.js";

/** A field of a payload that may hold a text or a whole number, with the schemas that it has in one way or another. */
export interface Field {
  readonly path: readonly string[];
  readonly schemas: readonly SourceNode[];
  readonly types: ReadonlySet<TypeName>;
}

/** Keys lie near the top of a payload: an envelope, and what it wraps. */
const maxDepth = 3;
/** More fields than this are not looked at. */
const maxFields = 200;

interface Level {
  readonly schemas: readonly SourceNode[];
  readonly path: readonly string[];
}

const fieldsAt = (files: Files, { schemas, path }: Level): readonly Field[] => {
  const ways = alternatives(files, schemas) ?? [];
  const names = new Set(
    ways.flatMap((way) =>
      way.flatMap((node) => entries(deref(files, entry(node, "properties"))).map(([name]) => name)),
    ),
  );
  return [...names].slice(0, maxFields).map((name) => {
    const found = [...new Set(ways.flatMap((way) => declared(files, way, name)))];
    const types = (alternatives(files, found) ?? []).flatMap((way) => [...allowedTypes(files, way)]);
    return { path: [...path, name], schemas: found, types: new Set(types) };
  });
};

const isScalar = ({ types }: Field) => types.has("string") || types.has("integer");

/** The fields of a payload that could be a key, those nearest to its top first. */
export const fieldsIn = (files: Files, payload: SourceNode): readonly Field[] => {
  const found: Field[] = [];
  let levels: readonly Level[] = [{ schemas: [payload], path: [] }];
  for (let depth = 0; depth < maxDepth && found.length < maxFields; depth += 1) {
    const fields = levels.flatMap((level) => fieldsAt(files, level)).slice(0, maxFields);
    found.push(...fields.filter(isScalar));
    levels = fields.filter(({ types }) => types.has("object") && types.size === 1);
  }
  return found.slice(0, maxFields);
};
