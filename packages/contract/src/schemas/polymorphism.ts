import {
  branchesOf,
  type Discriminator,
  discriminatorOf,
  type JsonSchema,
  refName,
  refTo,
  type SchemaObject,
  schemaAt,
  schemasAt,
} from "@keyline/json-schema";
import type { ContractSchema } from "../contract.js";
import { circlesOf } from "../refs/circles.js";

// A base whose `oneOf` or `anyOf` names its children, while each child's `allOf` names the base: by JSON Schema that never ends, so it
// means nothing. docs/guides/polymorphism.md states what it is read as.

type Named = ReadonlyMap<string, JsonSchema>;

/** The schemas that a schema refers to for the same value. */
const inPlace = (schema: JsonSchema): readonly string[] => {
  if (typeof schema === "boolean") return [];
  const name = refName(schema);
  if (name !== null) return [name];
  return [...branchesOf(schema), schemaAt(schema, "not") ?? true].flatMap(inPlace);
};

/** For each schema the circle that it lies in; two schemas in one circle lead to each other. */
const circlesIn = (schemas: Named): ((one: string, other: string) => boolean) => {
  const circles = circlesOf<string | null>(null, (name) => {
    if (name === null) return [...schemas.keys()];
    return inPlace(schemas.get(name) ?? true).filter((one) => schemas.has(one));
  });
  return (one, other) => circles.get(one) === circles.get(other);
};

/** A schema that names its children. */
interface Base {
  /** The name of the same schema without its children. */
  readonly alone: string;
  /** Where it names them: `oneOf`, `anyOf` or both. */
  readonly keywords: readonly string[];
}

type Bases = ReadonlyMap<string, Base>;

const freeName = (name: string, schemas: Named): string => {
  let free = `${name}_base`;
  while (schemas.has(free)) free += "_";
  return free;
};

const basesIn = (schemas: Named, areInCircle: (one: string, other: string) => boolean): Bases =>
  new Map(
    [...schemas].flatMap(([name, schema]) => {
      if (typeof schema === "boolean") return [];
      const isChild = (child: string | null) =>
        child !== null && child !== name && schemas.has(child) && areInCircle(name, child);
      const keywords = ["oneOf", "anyOf"].filter((keyword) => schemasAt(schema, keyword).map(refName).some(isChild));
      return keywords.length > 0 ? [[name, { alone: freeName(name, schemas), keywords }] as const] : [];
    }),
  );

const isObject = (schema: JsonSchema | undefined): schema is SchemaObject => typeof schema === "object";

/** All values of the field that mean a branch: its own, and those of the branches below it. */
const meaning = (
  schemas: Named,
  discriminator: Discriminator,
  branch: JsonSchema,
  seen: ReadonlySet<JsonSchema>,
): readonly string[] => {
  const own = discriminator.valuesOf(branch);
  const below = schemas.get(refName(branch) ?? "");
  if (!isObject(below) || seen.has(below)) return own;
  const inner = discriminatorOf(below);
  if (inner?.property !== discriminator.property) return own;
  const visited = new Set(seen).add(below);
  const branches = ["oneOf", "anyOf"].flatMap((keyword) => schemasAt(below, keyword));
  return [...own, ...branches.flatMap((one) => meaning(schemas, inner, one, visited))];
};

/** The branches of a schema, each for those values alone that its discriminator says to be meant for it. */
const chosen = (schemas: Named, schema: SchemaObject, keyword: string): readonly JsonSchema[] => {
  const branches = schemasAt(schema, keyword);
  const discriminator = discriminatorOf(schema);
  if (discriminator === null) return branches;
  const { property } = discriminator;
  return branches.map((branch) => {
    const [value, ...others] = new Set(meaning(schemas, discriminator, branch, new Set([schema])));
    if (value === undefined) return branch;
    const means: SchemaObject = others.length === 0 ? { const: value } : { enum: [value, ...others] };
    return { allOf: [branch as SchemaObject, { properties: { [property]: means }, required: [property] }] };
  });
};

/** A schema with the bases that its `allOf` names read as bases alone. */
const extending = (schema: SchemaObject, isBelow: (base: string) => boolean, bases: Bases): SchemaObject => {
  const parts = schemasAt(schema, "allOf");
  const extended = parts.map((part) => {
    const name = refName(part);
    const base = name === null || !isBelow(name) ? undefined : bases.get(name);
    return base === undefined ? part : refTo(base.alone);
  });
  return extended.some((part, index) => part !== parts[index])
    ? { ...schema, allOf: extended as SchemaObject[] }
    : schema;
};

/** A base: what it says itself, under a name of its own, and that with the children that its discriminator tells apart. */
const split = (one: ContractSchema, child: SchemaObject, { alone, keywords }: Base, named: Named): ContractSchema[] => {
  const isOwn = ([keyword]: readonly [string, unknown]) => keyword !== "discriminator" && !keywords.includes(keyword);
  const branches = keywords.map((keyword) => [keyword, chosen(named, child, keyword) as SchemaObject[]] as const);
  return [
    { ...one, schema: { ...child, ...Object.fromEntries(branches) } },
    { ...one, name: alone, schema: Object.fromEntries(Object.entries(child).filter(isOwn)) },
  ];
};

/**
 * Named schemas with polymorphic bases written out: a base is what it says itself and one of its children, which its
 * discriminator names; a child's reference to the base means what the base says itself. Others stay the same objects.
 */
export const readPolymorphism = (schemas: readonly ContractSchema[]): readonly ContractSchema[] => {
  const named: Named = new Map(schemas.map(({ name, schema }) => [name, schema]));
  const areInCircle = circlesIn(named);
  const bases = basesIn(named, areInCircle);
  if (bases.size === 0) return schemas;
  return schemas.flatMap((one) => {
    const { name, schema } = one;
    if (typeof schema === "boolean") return [one];
    const child = extending(schema, (base) => base !== name && areInCircle(name, base), bases);
    const base = bases.get(name);
    if (base !== undefined) return split(one, child, base, named);
    return [child === schema ? one : { ...one, schema: child }];
  });
};
