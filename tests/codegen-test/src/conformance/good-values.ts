import type { Json } from "@keyline/contract";
import type { Random } from "@keyline/runtime/testing";
import type { NamedSchemas } from "./evaluate.js";
import { both, flatten, isKeywords, type Keywords, listed, listOf } from "./merge.js";
import { formatSamples, numberSamples, patternSamples, textSamples, valueNames } from "./samples.js";

interface Around {
  readonly named: NamedSchemas;
  readonly random: Random;
  readonly depth: number;
  /** Whether objects have only fields that the schema speaks of. Default: false. */
  readonly isClosed?: boolean;
}

/** A value that tries to fit the schema; most do. */
export function goodValue(schema: unknown, around: Around): Json {
  const { named, random, depth } = around;
  if (!isKeywords(schema) || depth > 5) return anyValue(random, 2);
  const flat = flatten(schema, named, random);
  if ("const" in flat) return flat.const as Json;
  if (Array.isArray(flat.enum) && flat.enum.length > 0) return random.pick(fitting(flat.enum as Json[], flat));
  return ofType(random.pick(typesOf(flat)), flat, { ...around, depth: depth + 1 });
}

const fitting = (values: readonly Json[], { type }: Keywords): readonly Json[] => {
  const good = values.filter((value) => type === undefined || listed(type).includes(typeName(value)));
  return good.length > 0 ? good : values;
};

const typeName = (value: Json): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;

const byType: Readonly<Record<string, RegExp>> = {
  string: /^(minLength|maxLength|pattern|format)$/,
  number: /^(minimum|maximum|exclusiveM.*|multipleOf)$/,
  array: /^(items|additionalItems|contains|minItems|maxItems|uniqueItems)$/,
  object: /^(properties|required|additionalProperties|patternProperties|propertyNames|m..Properties|dependencies)$/,
};

/** The types to choose from: those said, else those that a keyword speaks of. */
function typesOf(flat: Keywords): readonly string[] {
  const said = flat.type === undefined ? [] : (listed(flat.type) as string[]);
  if (said.length > 0) return flat.nullable === true ? [...said, "null"] : said;
  const keywords = Object.keys(flat);
  const meant = Object.keys(byType).filter((type) => keywords.some((keyword) => byType[type]?.test(keyword)));
  return meant.length > 0 ? meant : ["null", "boolean", "integer", "string", "array", "object"];
}

function ofType(type: string, flat: Keywords, around: Around): Json {
  switch (type) {
    case "null":
      return null;
    case "boolean":
      return around.random.chance(0.5);
    case "number":
    case "integer":
      return numberFor(flat, type === "integer", around.random);
    case "string":
      return textFor(flat, around.random);
    case "array":
      return arrayFor(flat, around);
    default:
      return objectFor(flat, around);
  }
}

const number = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

function numberFor(flat: Keywords, isInteger: boolean, random: Random): number {
  const low = number(flat.minimum ?? flat.exclusiveMinimum, -100);
  const high = number(flat.maximum ?? flat.exclusiveMaximum, Math.max(low, 0) + 100);
  const step = number(flat.multipleOf, isInteger ? 1 : 0.5);
  const near = [low, high, low + step, high - step, (low + high) / 2, Math.ceil(low), Math.floor(high)];
  // Written as decimals, as a person would write a multiple.
  const stepped = near.map((value) => Number((Math.round(value / step) * step).toFixed(7)));
  const inside = [...near, ...stepped, ...numberSamples].filter(
    (value) => value >= low && value <= high && (!isInteger || Number.isInteger(value)),
  );
  return random.pick(inside.length > 0 ? inside : numberSamples);
}

function textFor(flat: Keywords, random: Random): string {
  const { pattern, format } = flat;
  const samples: Readonly<Record<string, readonly string[]>> = { ...formatSamples, ...patternSamples };
  const text = random.pick(samples[String(pattern)] ?? samples[String(format)] ?? textSamples);
  const points = [...text];
  while (points.length < number(flat.minLength, 0)) points.push(random.pick(["a", "b", "\u{1d4b3}"]));
  return points.slice(0, number(flat.maxLength, points.length)).join("");
}

function arrayFor(flat: Keywords, around: Around): Json[] {
  const { random } = around;
  const least = number(flat.minItems, 0);
  const count = Math.min(least + random.below(4), number(flat.maxItems, 6));
  const heads = Array.isArray(flat.items) ? flat.items : [];
  const rest = Array.isArray(flat.items) ? flat.additionalItems : flat.items;
  const length = rest === false ? Math.min(count, heads.length) : count;
  const items = Array.from({ length }, (_, index) => goodValue(heads[index] ?? rest, around));
  if (flat.contains !== undefined && length > 0) {
    const at = random.below(length);
    items[at] = goodValue(both(heads[at] ?? rest, flat.contains), around);
  }
  return items;
}

function objectFor(schema: Keywords, around: Around): Json {
  const { named, random } = around;
  const properties = isKeywords(schema.properties) ? schema.properties : {};
  const names = new Set(listOf(schema.required) as string[]);
  for (const name of Object.keys(properties)) if (random.chance(0.6)) names.add(name);
  const others =
    schema.additionalProperties === false || around.isClosed ? [] : valueNames.filter(() => random.chance(0.1));
  for (const name of others) names.add(name);
  const flat = withDependencies(schema, names, named, random);
  for (const name of valueNames) if (names.size < number(flat.minProperties, 0)) names.add(name);
  const kept = [...names].slice(0, Math.max(number(flat.maxProperties, names.size), listOf(flat.required).length));
  return objectOf(kept.map((name) => [name, goodValue(schemaOf(name, flat), around)]));
}

/** What names that are there demand. */
function withDependencies(schema: Keywords, names: Set<string>, named: NamedSchemas, random: Random): Keywords {
  const dependencies = isKeywords(schema.dependencies) ? schema.dependencies : {};
  return [...names].reduce<Keywords>((flat, name) => {
    const demanded = Object.hasOwn(dependencies, name) ? dependencies[name] : undefined;
    for (const other of listOf(demanded) as string[]) names.add(other);
    if (!isKeywords(demanded)) return flat;
    const more = flatten({ allOf: [flat, demanded] }, named, random);
    for (const other of listOf(more.required) as string[]) names.add(other);
    return more;
  }, schema);
}

/** The schema of one field, from all that speaks of it. */
function schemaOf(name: string, flat: Keywords): unknown {
  const properties = isKeywords(flat.properties) ? flat.properties : {};
  const patterns = Object.entries(isKeywords(flat.patternProperties) ? flat.patternProperties : {});
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  const matching = patterns.filter(([source]) => new RegExp(source, "u").test(name)).map(([, schema]) => schema);
  const all = own === undefined ? matching : [own, ...matching];
  return all.length > 0 ? all.reduce(both) : flat.additionalProperties;
}

/** An object with own fields only, also one named `__proto__`. */
export function objectOf(entries: readonly (readonly [string, Json])[]): Json {
  const fields = new Map(entries.map(([name, value]) => [name, JSON.stringify(value)]));
  return JSON.parse(`{${[...fields].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`) as Json;
}

/** Any JSON value. */
export function anyValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 7 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return random.pick(numberSamples);
  if (kind === 3) return random.pick(textSamples);
  if (kind === 4) return random.pick(Object.values(formatSamples).flat());
  const inner = () => anyValue(random, depth - 1);
  if (kind === 5) return Array.from({ length: random.below(4) }, inner);
  return objectOf(valueNames.filter(() => random.chance(0.25)).map((name) => [name, inner()]));
}
