import { conjuncts, isObject, type JsonSchema, type Resolve, type SchemaObject } from "@keyline/json-schema";
import { type Field, fieldsOf } from "../model/properties.js";
import { rulesOf, typeOf } from "./field-rules.js";

/** A line of a table of fields. */
export interface FieldRow {
  /** From the root, with dots; `[]` stands for a list's items. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** Markdown. */
  readonly rules: readonly string[];
  /** What the contract says of it, as it is written there. */
  readonly description: string | null;
}

/** Rows nest no deeper, whatever a recursive schema says. */
const deepest = 8;

interface Place {
  readonly prefix: string;
  readonly depth: number;
  /** Schemas that the place lies in. */
  readonly around: ReadonlySet<SchemaObject>;
  /** What holds for all fields here, e.g. which alternative they belong to. */
  readonly note: string | null;
}

/** The fields of an object's schema and of the objects in it, in the order in which they are declared. */
export function fieldRows(schema: JsonSchema, resolve: Resolve): readonly FieldRow[] {
  return rowsIn(conjuncts(schema, resolve), resolve, { prefix: "", depth: 0, around: new Set(), note: null });
}

function rowsIn(schemas: readonly SchemaObject[], resolve: Resolve, place: Place): readonly FieldRow[] {
  if (place.depth > deepest || schemas.some((schema) => place.around.has(schema))) return [];
  const around = new Set([...place.around, ...schemas]);
  const own = fieldsOf({ allOf: schemas }, resolve).flatMap((field) => rowsOf(field, resolve, { ...place, around }));
  return [...own, ...alternativeRows(schemas, resolve, { ...place, around })];
}

function rowsOf(field: Field, resolve: Resolve, place: Place): readonly FieldRow[] {
  const path = `${place.prefix}${field.name}`;
  const note = place.note === null ? [] : [place.note];
  const row: FieldRow = {
    path,
    type: typeOf(field.schemas, resolve),
    isRequired: field.isRequired,
    rules: [...note, ...rulesOf(field.schemas)],
    description: descriptionOf(field.schemas),
  };
  const inner = { ...place, note: null, depth: place.depth + 1 };
  return [
    row,
    ...rowsIn(field.schemas, resolve, { ...inner, prefix: `${path}.` }),
    ...rowsIn(itemsOf(field.schemas, resolve), resolve, { ...inner, prefix: `${path}[].` }),
  ];
}

/** Everything that is said of a list's items at once. */
const itemsOf = (schemas: readonly SchemaObject[], resolve: Resolve) =>
  schemas.flatMap(({ items }) => (isObject(items) ? conjuncts(items, resolve) : []));

/** The fields of `oneOf` and `anyOf` branches; those that are the same in all of them stand once. */
function alternativeRows(schemas: readonly SchemaObject[], resolve: Resolve, place: Place): readonly FieldRow[] {
  return schemas
    .flatMap((schema) => [schema.oneOf, schema.anyOf])
    .filter((branches) => Array.isArray(branches))
    .flatMap((branches) => {
      const rows = branches.flatMap((branch, index) => {
        if (!isObject(branch)) return [];
        const note = branches.length === 1 ? place.note : `in alternative ${index + 1} of ${branches.length}`;
        return rowsIn(conjuncts(branch, resolve), resolve, { ...place, note, depth: place.depth + 1 });
      });
      return rows;
    });
}

function descriptionOf(schemas: readonly SchemaObject[]): string | null {
  const said = (keyword: "description" | "title") => [
    ...new Set(
      schemas.map((schema) => schema[keyword]).filter((text) => typeof text === "string" && text.trim() !== ""),
    ),
  ];
  const descriptions = said("description");
  return (descriptions.length > 0 ? descriptions : said("title")).join(" ") || null;
}
