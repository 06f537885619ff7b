import fc from "fast-check";
import type { Mutation } from "./mutate-bytes.js";

/** Each alias names the one before it ten times. */
const laughs = (levels: number) =>
  Array.from(
    { length: levels },
    (_, n) => `l${n}: &l${n} [${Array.from({ length: 10 }, () => (n === 0 ? "x" : `*l${n - 1}`)).join(", ")}]`,
  ).join("\n");

const additions: readonly (readonly [what: string, lines: string])[] = [
  ["aliases that grow tenfold, nine times", laughs(9)],
  ["aliases that grow tenfold, three times", laughs(3)],
  ["an alias of itself", "x-self: &self [*self]"],
  ["an alias of nothing", "x-none: *none"],
  ["a merge of itself", "x-merge: &merge\n  <<: *merge"],
  ["a merge of a list", "x-merge:\n  <<: [1, 2]"],
  ["the same name twice", "info: {}\ninfo: {}"],
  ["a key that is a map", "? {a: b}\n: c"],
  ["a key that is a list", "? [a, b]\n: c"],
  ["a key that is null", "~: c"],
  ["a tag of JavaScript", 'x-js: !!js/function "function () { process.exit(0) }"'],
  ["a tag of binary", "x-binary: !!binary AAAA"],
  ["a tag of its own", "x-own: !own {a: 1}"],
  ["a set", "x-set: !!set {a, b}"],
  ["a date", "x-date: !!timestamp 2026-13-45"],
  ["a number of 400 digits", `x-number: ${"9".repeat(400)}`],
  ["numbers of other kinds", "x-numbers: [.inf, -.inf, .nan, 0x1F, 0o17, 1_000, 1e400]"],
  ["a name of JavaScript", "__proto__: {polluted: true}\nconstructor: {prototype: 1}"],
  ["1,000 levels of lists", `x-deep: ${"[".repeat(1000)}${"]".repeat(1000)}`],
  ["1,000 levels of maps", Array.from({ length: 1000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
  ["100,000 levels of lists", `x-deep: ${"[".repeat(100_000)}`],
  ["30,000 names", Array.from({ length: 30_000 }, (_, n) => `x-${n}: ${n}`).join("\n")],
  ["a text without an end", 'x-text: "'],
  ["control characters in a name", '"x-\\e[31m\\r\\n\\u202e": 1'],
  ["a directive", "%YAML 9.9\n---\na: b"],
];

/** Puts what only YAML has before or behind a contract. */
export const yamlTricks = (text: string): fc.Arbitrary<Mutation> =>
  fc.tuple(fc.constantFrom(...additions), fc.boolean()).map(([[what, lines], isBefore]) => ({
    what: `${what}, ${isBefore ? "before" : "behind"} it`,
    content: isBefore ? `${lines}\n${text}` : `${text}\n${lines}\n`,
  }));
