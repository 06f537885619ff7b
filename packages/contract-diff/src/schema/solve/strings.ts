import { ownValue } from "@keyline/json-schema";
import { findWords } from "../automata.js";
import { formatLengths, formatSamples, stringFormats } from "../formats.js";
import { type Answer, firstOf, none, type Solver } from "./answer.js";
import { countRange, excludedValues, keeps, type Literals, ofKind } from "./literals.js";

/** Texts that many schemas take or refuse. */
const plainTexts = ["a", "A", "0", "1", "ab", "a b", "-", "é", "\u{1d4b3}", ""];

/** Longer texts than this are not written out. */
const maxWritten = 100_000;

/** Finds a text. */
export const findText = (solver: Solver, literals: Literals): Answer => {
  const formats = ofKind(literals.yes, "format").filter(({ name }) => stringFormats.has(name));
  const lengths = formats.flatMap(({ name }) => formatLengths.get(name) ?? []);
  const [least, most] = countRange(literals, "Length");
  const min = Math.max(least, ...formats.map(({ name }) => formatLengths.get(name)?.[0] ?? 0));
  const max = Math.min(most, ...formats.map(({ name }) => formatLengths.get(name)?.[1] ?? Number.POSITIVE_INFINITY));
  if (min > max) return none;
  const fits = (text: unknown) => typeof text === "string" && keeps(literals, text);
  const sources = (nodes: Literals["yes"]) => ofKind(nodes, "pattern").map(({ source }) => source);
  const isPlain = ![...literals.yes, ...literals.no].some(({ kind }) => kind === "pattern" || kind === "format");
  if (isPlain) return firstOf(ofLength(min, max, literals), fits, max === 0);
  const words = findWords({
    matching: sources(literals.yes),
    notMatching: sources(literals.no),
    minLength: min,
    maxLength: max,
  });
  if (words.kind === "none") return none;
  const candidates = [
    ...formats.flatMap(({ name }) => ownValue(formatSamples, name) ?? []),
    ...(words.kind === "some" ? words.texts : []),
    ...plainTexts,
    ...ofLength(min, max, literals),
    ...solver.hints,
    ...(lengths.length === 0 ? Object.values(formatSamples).flat() : []),
  ];
  return firstOf(candidates, fits, words.kind === "some" && words.isAll && formats.length === 0);
};

/** Texts of a length in the range, more than there are excluded ones. */
const ofLength = (min: number, max: number, literals: Literals): readonly string[] => {
  if (max === 0) return [""];
  const length = Math.max(min, 1);
  if (length > maxWritten) return [];
  const ends = [..."abcdefghijklmnopqrstuvwxyz", ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
  const excluded = excludedValues(literals).length;
  const more = Array.from({ length: excluded }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const texts = [...ends, ...more].map((end) => "a".repeat(length - 1) + end);
  return min === 0 ? [...texts, ""] : texts;
};
