// Values of the types that are generated from `typeSchemas`: what compiles, and what must not. Compiled by
// compiles.test.ts; never run.

// @boundaries-ignore the test that compiles this file makes the package
import type {
  Both,
  Demanding,
  Either,
  Free,
  OnlyPatterned,
  Open,
  Pair,
  Patterned,
  Point,
  Run,
  Shape,
  Tree,
} from "@kinds/events";

const at = "2026-11-23T08:00:00Z";

export const full: Run = {
  success: false,
  at,
  error_type: "NameError",
  grade: null,
  kind: "run",
  note: null,
  legacy: null,
  tags: ["a"],
  counts: { a: 1 },
  anything: [{}],
};
export const least: Run = { success: true, at };
export const passedOn: Run = { success: true, at, error_type: full.error_type };
export const read: string | undefined = full.error_type;
export const length: number = full.error_type?.length ?? 0;
export const counted: number | undefined = full.counts?.any;

// @ts-expect-error a required field is missing
export const missing: Run = { success: true };
// @ts-expect-error a name is misspelt: there is no index signature that would take it
export const misspelt: Run = { success: true, at, eror_type: "NameError" };
// @ts-expect-error nor for a reader
export const unread: unknown = full.eror_type;
// @ts-expect-error not a value of the enum
export const grade: Run = { success: true, at, grade: "c" };
// @ts-expect-error not the constant
export const kind: Run = { success: true, at, kind: "walk" };
// @ts-expect-error only what is nullable takes null
export const absent: Run = { success: true, at, error_type: null };
// @ts-expect-error the values of a record have a type
export const counts: Run = { success: true, at, counts: { a: "1" } };
// @ts-expect-error so have items
export const tags: Run = { success: true, at, tags: [1] };

export const open: Open = { a: "a", more: 1 };
// @ts-expect-error what is declared keeps its type in an open object
export const openBad: Open = { a: 1 };

export const patterned: Patterned = { a: "a", "x-b": 1 };
export const onlyPatterned: OnlyPatterned = { "x-b": 1 };
// @ts-expect-error what is declared beside a pattern keeps its type
export const patternedBad: Patterned = { a: 1 };

export const demanding: Demanding = { a: "a", b: [1] };
// @ts-expect-error a field that is demanded without a schema must be there
export const demandingLess: Demanding = { a: "a" };
// @ts-expect-error and no other than it
export const demandingMore: Demanding = { a: "a", b: 1, c: 1 };

export const free: readonly Free[] = [{}, { any: 1 }, { thing: [] }];
// @ts-expect-error an object all the same
export const notFree: Free = "text";

export const pairs: readonly Pair[] = [["a", 1], ["a"], []];
// @ts-expect-error one item too many
export const pairLong: Pair = ["a", 1, 2];
// @ts-expect-error in the wrong order
export const pairTurned: Pair = [1, "a"];

export const area = (shape: Shape): number => (shape.kind === "circle" ? shape.r : shape.a);
// @ts-expect-error the other branch's field
export const shape: Shape = { kind: "circle", a: 1 };

export const either: readonly Either[] = [1, "a"];
// @ts-expect-error neither
export const neither: Either = true;

export const both: Both = { id: 1, name: "a" };
// @ts-expect-error the second part's field is required too
export const half: Both = { id: 1 };

export const tree: Tree = { label: "a", children: [{ label: "b", children: [] }] };
export const grandchild: string | undefined = tree.children?.[0]?.children?.[0]?.label;
// @ts-expect-error at any depth
export const badTree: Tree = { label: "a", children: [{ label: 1 }] };

export const point: Point = { x: 1, y: [2] };
// @ts-expect-error a constant is one value
export const otherPoint: Point = { x: 1, y: [3] };
