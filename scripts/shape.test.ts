import { describe, expect, test } from "vitest";
import { limits, measure, problemsOf } from "./shape.ts";

const shapeOf = (text: string) => measure(new Map([["a.ts", text]]));
const sharedIn = (text: string) =>
  Object.fromEntries(shapeOf(text).shared.map(({ name, names }) => [name, [...names].sort()]));

describe("the lines of a function", () => {
  test("include its inner functions, and are counted without the comment before it", () => {
    const { functions } = shapeOf(
      "/** Long. */\nfunction outer() {\n  const inner = () => {\n    return 1;\n  };\n}\n",
    );
    expect(functions).toEqual([
      { file: "a.ts", line: 2, name: "outer", lines: 5 },
      { file: "a.ts", line: 3, name: "inner", lines: 3 },
    ]);
  });

  test("are those of methods, accessors and constructors too, and not of declarations without a body", () => {
    const text = "declare function a(): void;\nclass B { constructor() {} get c() { return 1; } d() {} }";
    const names = shapeOf(text).functions.map(({ name }) => name);
    expect(names).toEqual(["constructor", "c", "d"]);
  });
});

describe("state that a closure shares", () => {
  test("is each `let` that an inner function assigns or reads, once", () => {
    const text = "function f() { let a = 0; let b = 1; let own = 2; own += 1; const g = () => { a += b; a += 1; }; }";
    expect(sharedIn(text)).toEqual({ f: ["a", "b"] });
  });

  test("belongs to the function that declares it, however deep it is used", () => {
    const text = "function f() { let a = 0; const g = () => { let b = 0; return () => () => { a += 1; b += 1; }; }; }";
    expect(sharedIn(text)).toEqual({ f: ["a"], g: ["b"] });
  });

  test("is no variable of the same name elsewhere, and no property of that name", () => {
    const text = "function f() { let a = 0; a += 1; return (x: { a: number }) => { const a = 1; return x.a + a; }; }";
    expect(sharedIn(text)).toEqual({});
  });

  test("is a parameter that an inner function assigns", () => {
    expect(sharedIn("function f(a, b) { return () => { a += 1; return b; }; }")).toEqual({ f: ["a"] });
  });

  test("is not fewer for being kept in one object", () => {
    const text = `function f() {
      const state = { a: 0, b: 0, c: 0, d: { e: 0, f: 0 }, still: 0 } as { a: number };
      state.still = 1;
      return { g() { state.a = 1; state.b += 1; state.c++; state.d.e = 1; delete state.d["f"]; } };
    }`;
    expect(sharedIn(text)).toEqual({ f: ["state.a", "state.b", "state.c", "state.d.e", "state.d.f"] });
  });

  test("is what destructuring and Object.assign change", () => {
    const text = `function f() {
      const s = { a: 0, b: 0, c: 0, d: 0, e: 0 };
      return () => { [s.a, ...s.b] = []; ({ c: s.c } = {}); for (s.d of []) {} Object.assign(s, { e: 1 }); };
    }`;
    expect(sharedIn(text)).toEqual({ f: ["s.a", "s.b", "s.c", "s.d", "s.e"] });
  });

  test("is no property of a record that came from elsewhere", () => {
    expect(sharedIn("function f(jobs) { const job = jobs[0]; return () => { job.done = true; }; }")).toEqual({});
  });

  test("is a class's fields that are assigned after the constructor", () => {
    const text = `class C {
      #a = 0; b = 0; c; d = { e: 0 }; static s = 0;
      constructor() { this.c = 1; onEnd(() => { this.b = 1; }); }
      m() { this.#a += 1; this.d.e = 1; }
      g = () => { this.c = 2; };
    }`;
    expect(sharedIn(text)).toEqual({ C: ["#a", "b", "c", "d.e"] });
  });

  test("is what the methods of a literal change of it", () => {
    const text = "function f() { const counter = { n: 0, up() { this.n += 1; } }; return counter; }";
    expect(sharedIn(text)).toEqual({ counter: ["n"] });
  });

  test("is what functions change of their module", () => {
    expect(sharedIn("let n = 0; export const next = () => { n += 1; return n; };")).toEqual({ "(module)": ["n"] });
  });
});

describe("a file that keeps state", () => {
  const unstated = (text: string) => shapeOf(text).unstated.length === 1;

  test.each([
    ["a `let` of a factory", "const create = () => { let n = 0; return { next: () => { n += 1; return n; } }; };"],
    [
      "a Map of a factory",
      "const create = () => { const m = new Map(); const add = (k) => { m.set(k, 1); }; return { add }; };",
    ],
    ["a Set that a function closes over", "function seen() { const s = new Set(); return (k) => s.add(k); }"],
    [
      "an array that is emptied",
      "function list() { const l = []; const api = { clear() { l.length = 0; } }; return api; }",
    ],
    [
      "a collection in a literal",
      "function q() { const s = { jobs: [] }; return { push: (j) => { s.jobs.push(j); } }; }",
    ],
    ["a cache of a module", "const cache = new WeakMap(); export const get = (k) => { cache.set(k, 1); };"],
    ["a field of a class", "class C { #m = new Map(); add(k) { this.#m.set(k, 1); } }"],
  ])("has %s", (_name, text) => {
    expect(unstated(text)).toBe(true);
    expect(unstated(`// Invariant: it holds.\n${text}`)).toBe(false);
    expect(unstated(`/**\n * Reason.\n *\n * Invariant: it holds.\n */\n${text}`)).toBe(false);
    expect(unstated(`// An Invariant: somewhere.\n${text}`)).toBe(true);
    expect(unstated(`const said = "Invariant: no comment";\n${text}`)).toBe(true);
  });

  test.each([
    ["reads a collection", "function names() { const s = new Set([1]); return (k) => s.has(k); }"],
    [
      "collects within one call",
      "function all(x) { const l = []; const visit = (n) => { l.push(n); }; visit(x); return l; }",
    ],
    [
      "is told by a callback within one call",
      "async function f(run) { let code = 0; await run(() => { code = 1; }); return code; }",
    ],
  ])("does not when it %s", (_name, text) => {
    expect(unstated(text)).toBe(false);
  });
});

describe("import circles", () => {
  const circles = (files: Readonly<Record<string, string>>) => measure(new Map(Object.entries(files))).circles;

  test("are found through types, exports, and imports at run time", () => {
    const found = circles({
      "p/a.ts": 'import type { B } from "./b.js";',
      "p/b.ts": 'export * from "./sub/c.ts";',
      "p/sub/c.tsx": 'const a = () => import("../a.js");',
      "p/d.ts": 'import { a } from "./a.js";',
    });
    expect(found.map((files) => [...files].sort())).toEqual([["p/a.ts", "p/b.ts", "p/sub/c.tsx"]]);
    expect(circles({ "a.ts": 'type B = import("./b.js").B;', "b.ts": 'import "./a.js";' })).toHaveLength(1);
  });

  test("are none where imports go one way", () => {
    expect(circles({ "a.ts": 'import "./b.js"; import "./c.js";', "b.ts": 'import "./c.js";', "c.ts": "" })).toEqual(
      [],
    );
  });
});

test("a shape within the limits has no problems; one above each has all", () => {
  expect(problemsOf(shapeOf("export const a = 1;"))).toEqual([]);
  const lines = "\n".repeat(limits.functionLines);
  const names = Array.from({ length: limits.sharedState + 1 }, (_, index) => `v${index}`);
  const shared = `${names.map((name) => `let ${name} = 0;`).join("")} return () => { ${names.join(" = ")} = 1; };`;
  const text = `import "./b.js"; ${"function f() {%}".repeat(limits.longFunctions + 1).replaceAll("%", lines)} function g() { ${shared} }`;
  const shape = measure(new Map(Object.entries({ "a.ts": text, "b.ts": 'import "./a.js";' })));
  expect(problemsOf(shape)).toEqual([
    "functions above 100 lines: 7",
    "functions above 70 lines: 7 of 6",
    "closures that share more than 4 pieces of state: 1",
    "import circles: 1",
    "files with state that state no invariant: 1",
  ]);
});
