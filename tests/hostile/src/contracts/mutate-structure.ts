import fc from "fast-check";
import { parse } from "yaml";
import { hostileSchemas } from "./hostile-schemas.js";
import type { Mutation } from "./mutate-bytes.js";
import { references } from "./references.js";

type Node = Readonly<Record<string, unknown>> | readonly unknown[];

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** The ways to every value in a document, itself left out. */
function pathsIn(value: unknown): readonly (readonly string[])[] {
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsIn(inner).map((path) => [name, ...path])]);
}

/** The document with another value, or none, at a place. */
function changed(document: unknown, [name, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (name === undefined) return change(document);
  if (!isNode(document)) return document;
  const entries = Object.entries(document).flatMap(([own, value]) => {
    const after = own === name ? changed(value, rest, change) : value;
    return after === undefined ? [] : [[own, after] as const];
  });
  // A list with a value left out stays a list.
  return Array.isArray(document) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

const scalars = [
  null,
  true,
  "",
  "x",
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  "\u0000",
  "\ud800",
  "__proto__",
  "a".repeat(20_000),
] as const;

const deep = (levels: number) => JSON.parse(`${"[".repeat(levels)}1${"]".repeat(levels)}`) as unknown;
const wide = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, { type: "string" }]));

/** What may stand in the place of anything. */
const values = fc.oneof(
  fc.constantFrom<unknown>(...scalars),
  references.map((ref) => ({ $ref: ref })),
  hostileSchemas,
  fc.constantFrom(50, 199, 400).map(deep),
  fc.constantFrom(1000).map(wide),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Makes up to three changes of a document's structure. */
export function mutationsOf(text: string): fc.Arbitrary<Mutation> {
  const document: unknown = readable(text);
  const paths = pathsIn(document);
  if (paths.length === 0) return fc.constant({ what: "as it is", content: text });
  const one = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...paths), values).map(([path, value]) => ({ path, change: () => value })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...paths).map((path) => ({ path, change: () => undefined })) },
    { weight: 1, arbitrary: fc.constantFrom(...paths).map((path) => ({ path, change: (old: unknown) => [old, old] })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...paths)
        .map((path) => ({ path, change: (old: unknown) => ({ ["__proto__"]: old }) })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...schemaPaths(paths)), hostileSchemas)
        .map(([path, value]) => ({ path, change: () => value })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...schemaPaths(paths)), references)
        .map(([path, ref]) => ({ path, change: () => ({ $ref: ref }) })),
    },
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((some) => ({
    what: some.map(({ path, change }) => `${path.join("/")} is ${shortened(change("old"))}`).join("; "),
    content: JSON.stringify(
      some.reduce((now, { path, change }) => changed(now, path, change), document),
      null,
      1,
    ),
  }));
}

const shortened = (value: unknown) => (JSON.stringify(value) ?? "left out").slice(0, 200);

/** Where schemas stand. */
function schemaPaths(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const found = paths.filter(
    (path) => /^(payload|headers|schema|properties|items|key)$/.test(path.at(-1) ?? "") || path.at(-2) === "properties",
  );
  return found.length > 0 ? found : paths;
}

/** Some of the contracts are not YAML, as their rule wants. */
function readable(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
