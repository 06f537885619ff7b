// The builders of generated schemas as the compiler would infer their types: what the types that are written out are held
// against. Compiled by written-types.test.ts; never run.

import type { z } from "zod";

type Any = z.ZodType;
type Some = readonly [Any, ...Any[]];
type Keywords = Readonly<Record<string, unknown>>;
type NoFields = Readonly<Record<string, never>>;

type Outputs<Schemas extends readonly Any[]> = Schemas extends readonly [
  infer First extends Any,
  ...infer Rest extends readonly Any[],
]
  ? z.output<First> & Outputs<Rest>
  : unknown;

type TupleOf<Items extends readonly Any[]> = Partial<{ -readonly [Index in keyof Items]: z.output<Items[Index]> }>;
type RestOf<Rest extends Any | false> = Rest extends Any ? z.output<Rest>[] : [];
type Writable<Value> = { -readonly [Name in keyof Value]: Writable<Value[Name]> };

interface Objects {
  (fields: NoFields, keywords: { readonly patterns: Keywords } & Keywords): z.ZodType<Record<string, unknown>>;
  (fields: NoFields, keywords?: Keywords): z.ZodType<object>;
  <Fields extends z.core.$ZodLooseShape>(
    fields: Fields,
    keywords: { readonly patterns: Keywords } & Keywords,
  ): z.ZodObject<Fields, z.core.$loose>;
  <Fields extends z.core.$ZodLooseShape>(fields: Fields, keywords?: Keywords): z.ZodObject<Fields, z.core.$strip>;
}

type Check = (payload: z.core.ParsePayload) => void;

/** `s` of the runtime, inferring. */
export interface Inferring {
  unknown: typeof z.unknown;
  never: typeof z.never;
  null: typeof z.null;
  boolean: typeof z.boolean;
  string(keywords?: Keywords): z.ZodString;
  number(keywords?: Keywords): z.ZodNumber;
  integer(keywords?: Keywords): z.ZodNumber;
  literal: typeof z.literal;
  enum: typeof z.enum;
  constant<const Value>(value: Value): z.ZodType<Writable<Value>>;
  lazy: typeof z.lazy;
  optional: typeof z.optional;
  nullable: typeof z.nullable;
  union: typeof z.union;
  allOf<const Schemas extends Some>(schemas: Schemas): z.ZodType<Outputs<Schemas>>;
  anyOf<const Schemas extends Some>(schemas: Schemas, tags?: Keywords): z.ZodType<z.output<Schemas[number]>>;
  oneOf<const Schemas extends Some>(schemas: Schemas, tags?: Keywords): z.ZodType<z.output<Schemas[number]>>;
  array<Item extends Any>(item: Item, keywords?: Keywords): z.ZodArray<Item>;
  tuple<const Items extends readonly Any[], Rest extends Any | false>(
    items: Items,
    rest: Rest,
    keywords?: Keywords,
  ): z.ZodType<[...TupleOf<Items>, ...RestOf<Rest>]>;
  object: Objects;
  openObject<Fields extends z.core.$ZodLooseShape>(
    fields: Fields,
    additional: Any,
    keywords?: Keywords,
  ): z.ZodObject<Fields, z.core.$loose>;
  record<Value extends Any>(value: Value, keywords?: Keywords): z.ZodType<Record<string, z.output<Value>>>;
  excludes(schema: Any): Check;
  conforms(schema: Any): Check;
  conditional(condition: Any, then: Any | null, otherwise: Any | null): Check;
  onlyIf(type: string, schema: Any): Check;
}

/** `Event` with the fields that the SDK fills in made optional, by the compiler. */
export type Fillable<Event, Filled extends string> = Event extends unknown
  ? { [Name in keyof Event as Name extends Filled ? never : Name]: Event[Name] } & Partial<
      Pick<Event, Filled & keyof Event>
    >
  : never;

/** A type with its intersections put together, two fields deep: written out, the fields of several parts stand in one list. */
export type Flat<Type, Depth extends readonly unknown[] = [1, 2]> = Depth extends readonly [unknown, ...infer Deeper]
  ? Type extends readonly unknown[]
    ? Type
    : Type extends object
      ? { [Name in keyof Type]: Flat<Type[Name], Deeper> }
      : Type
  : Type;

/** Whether two types are one. */
export type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/**
 * Whether each of two types takes the values of the other. The compiler does not put every intersection together, so one type has
 * several forms, and random schemas find them; a missing index signature, or `any`, would not be seen.
 */
export type Alike<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

/** Does not compile where a type is not `true`. */
export type Holds<Claim extends true> = Claim;
