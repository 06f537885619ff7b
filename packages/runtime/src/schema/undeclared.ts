import { pathWith } from "@keyline/json-schema";
import type { DeclaredShape } from "../descriptor.js";

/** A shape made ready for looking up: everything that speaks of the same value together. */
interface Declared {
  /** Anything may be written: opened explicitly, or nothing is declared at all. */
  readonly open: boolean;
  readonly properties: ReadonlyMap<string, readonly DeclaredShape[]>;
  readonly patterns: readonly (readonly [RegExp, DeclaredShape])[];
  readonly additional: readonly DeclaredShape[];
  readonly items: readonly DeclaredShape[];
}

type Parts = Exclude<DeclaredShape, true | { readonly lazy: unknown } | { readonly anyOf: unknown }>;

// Invariant: what is kept for a shape or a list of shapes is what it would give again; both are never changed.
const ready = new WeakMap<object, Declared>();
/** Shapes of a field that several parts declare, by the list of them: made once a list. */
const together = new WeakMap<readonly DeclaredShape[], DeclaredShape>();

/** Paths of the fields that a shape does not declare, which a producer refuses. */
export function undeclaredPaths(value: unknown, shape: DeclaredShape): string[] {
  const found: string[] = [];
  collect(value, shape, "", found);
  return found;
}

function collect(value: unknown, shape: DeclaredShape, at: string, found: string[]): void {
  if (typeof value !== "object" || value === null) return;
  const declared = declaredOf(shape);
  if (declared.open) return;
  if (Array.isArray(value)) {
    if (declared.items.length === 0) return;
    const item = anyOf(declared.items);
    for (const [index, inner] of value.entries()) collect(inner, item, pathWith(at, index), found);
    return;
  }
  for (const name of Object.keys(value)) {
    const inner = (value as { readonly [name: string]: unknown })[name];
    const shapes = shapesOf(name, declared);
    if (shapes.length === 0) {
      if (inner !== undefined) found.push(pathWith(at, name));
    } else if (typeof inner === "object" && inner !== null) {
      collect(inner, anyOf(shapes), pathWith(at, name), found);
    }
  }
}

/** What is declared of a name, by whichever part declares it. */
function shapesOf(name: string, { properties, patterns, additional }: Declared): readonly DeclaredShape[] {
  const own = properties.get(name);
  if (own && patterns.length === 0) return own;
  const matching = patterns.flatMap(([expression, shape]) => (expression.test(name) ? [shape] : []));
  const shapes = own ? [...own, ...matching] : matching;
  return shapes.length > 0 ? shapes : additional;
}

function anyOf(shapes: readonly DeclaredShape[]): DeclaredShape {
  const [only] = shapes;
  if (shapes.length === 1 && only !== undefined) return only;
  const known = together.get(shapes);
  if (known) return known;
  const made = { anyOf: shapes };
  together.set(shapes, made);
  return made;
}

function declaredOf(shape: DeclaredShape): Declared {
  if (shape === true) return everything;
  const known = ready.get(shape);
  if (known) return known;
  const parts = partsOf(shape, new Set());
  const made = parts === true ? everything : gather(parts);
  ready.set(shape, made);
  return made;
}

const everything: Declared = { open: true, properties: new Map(), patterns: [], additional: [], items: [] };

/** The plain parts of a shape; true where one of them is open. */
function partsOf(shape: DeclaredShape, seen: Set<DeclaredShape>): Parts[] | true {
  if (shape === true) return true;
  if (seen.has(shape)) return [];
  seen.add(shape);
  if ("lazy" in shape) return partsOf(shape.lazy(), seen);
  if (!("anyOf" in shape)) return [shape];
  const all: Parts[] = [];
  for (const inner of shape.anyOf) {
    const parts = partsOf(inner, seen);
    if (parts === true) return true;
    all.push(...parts);
  }
  return all;
}

function gather(parts: readonly Parts[]): Declared {
  const properties = new Map<string, DeclaredShape[]>();
  for (const part of parts) {
    for (const [name, shape] of Object.entries(part.properties ?? {})) {
      properties.set(name, [...(properties.get(name) ?? []), shape]);
    }
  }
  return {
    // A part that declares nothing says nothing; when all say nothing, anything may be written.
    open: parts.every((part) => Object.keys(part).length === 0),
    properties,
    patterns: parts.flatMap((part) =>
      Object.entries(part.patterns ?? {}).map(([source, shape]) => [new RegExp(source, "u"), shape] as const),
    ),
    additional: parts.flatMap((part) => part.additional ?? []),
    items: parts.flatMap((part) => part.items ?? []),
  };
}
