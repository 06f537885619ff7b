import { type Decimal, decimalOf, gcd, type LimitKeyword, numberOf, scaledTo } from "@keyline/json-schema";
import type { Node } from "../node.js";
import { type Answer, anyOf, firstOf, none } from "./answer.js";
import { excludedValues, keeps, type Literals, ofKind } from "./literals.js";

interface Bound {
  readonly at: number;
  readonly isOpen: boolean;
}

/** Between two bounds, all multiples of a factor or all numbers. */
interface Range {
  readonly low: Bound;
  readonly high: Bound;
  readonly factors: readonly number[];
  readonly notFactors: readonly number[];
}

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Finds a number. */
export const findNumber = (literals: Literals): Answer => {
  const range = rangeOf(literals);
  const isNoInt32 = ofKind(literals.no, "format").some(({ name }) => name === "int32");
  if (!isNoInt32) return inRange(range, literals);
  return anyOf([
    () => inRange({ ...range, notFactors: [...range.notFactors, 1] }, literals),
    () => inRange({ ...range, low: upper(range.low, { at: int32.max, isOpen: true }) }, literals),
    () => inRange({ ...range, high: lower(range.high, { at: int32.min, isOpen: true }) }, literals),
  ]);
};

const upper = (a: Bound, b: Bound): Bound => (b.at > a.at || (b.at === a.at && b.isOpen) ? b : a);
const lower = (a: Bound, b: Bound): Bound => (b.at < a.at || (b.at === a.at && b.isOpen) ? b : a);

const rangeOf = ({ yes, no }: Literals): Range => {
  const said = (nodes: readonly Node[], keyword: LimitKeyword) =>
    ofKind(nodes, "limit").flatMap((limit) => (limit.keyword === keyword ? [limit.value] : []));
  const bounds = (values: readonly number[], isOpen: boolean) => values.map((at) => ({ at, isOpen }));
  const whole = (nodes: readonly Node[]) =>
    ofKind(nodes, "types").some(({ isInteger }) => isInteger) ||
    ofKind(nodes, "format").some(({ name }) => name === "int64");
  const isInt32 = ofKind(yes, "format").some(({ name }) => name === "int32");
  const lows = [
    ...bounds([...said(yes, "minimum"), ...said(no, "exclusiveMaximum"), ...(isInt32 ? [int32.min] : [])], false),
    ...bounds([...said(yes, "exclusiveMinimum"), ...said(no, "maximum")], true),
  ];
  const highs = [
    ...bounds([...said(yes, "maximum"), ...said(no, "exclusiveMinimum"), ...(isInt32 ? [int32.max] : [])], false),
    ...bounds([...said(yes, "exclusiveMaximum"), ...said(no, "minimum")], true),
  ];
  return {
    low: lows.reduce(upper, { at: Number.NEGATIVE_INFINITY, isOpen: true }),
    high: highs.reduce(lower, { at: Number.POSITIVE_INFINITY, isOpen: true }),
    factors: [...said(yes, "multipleOf"), ...(whole(yes) || isInt32 ? [1] : [])],
    notFactors: [...said(no, "multipleOf"), ...(whole(no) ? [1] : [])],
  };
};

const inRange = (range: Range, literals: Literals): Answer => {
  const { low, high, factors } = range;
  if (low.at > high.at || (low.at === high.at && (low.isOpen || high.isOpen))) return none;
  return factors.length > 0 ? multiple(range, literals) : anyNumber(range, literals);
};

/** The least common multiple of numbers, exactly in decimal. */
const commonMultiple = (factors: readonly number[]): Decimal => {
  const decimals = factors.map(decimalOf);
  const exponent = Math.min(...decimals.map((one) => one.exponent));
  const digits = decimals.map((one) => scaledTo(one, exponent)).reduce((a, b) => (a * b) / gcd(a, b));
  return { digits, exponent };
};

/** More multiples than this are not looked at one by one. */
const maxMultiples = 2000n;

const multiple = ({ low, high, factors, notFactors }: Range, literals: Literals): Answer => {
  const step = commonMultiple(factors);
  const divides = (factor: number) => {
    const other = decimalOf(factor);
    const exponent = Math.min(other.exponent, step.exponent);
    return scaledTo(step, exponent) % scaledTo(other, exponent) === 0n;
  };
  if (notFactors.some(divides)) return none;
  const first = Number.isFinite(low.at) ? quotient(low.at, step, "up") : null;
  const last = Number.isFinite(high.at) ? quotient(high.at, step, "down") : null;
  const at = (count: bigint) => numberOf(count * step.digits, step.exponent);
  const fits = (value: number) => Number.isFinite(value) && keeps(literals, value);
  const isFew = first !== null && last !== null && last - first < maxMultiples;
  if (isFew) return firstOf(counts(first, last).map(at), (value) => fits(Number(value)), true);
  const near = [0n, first, last].flatMap((center) => (center === null ? [] : counts(center - 60n, center + 60n)));
  const smallFirst = near.map(at).sort((a, b) => Math.abs(a) - Math.abs(b));
  return firstOf(smallFirst, (value) => fits(Number(value)), false);
};

/** How often the step goes into a number, rounded. */
const quotient = (value: number, step: Decimal, round: "up" | "down"): bigint => {
  const decimal = decimalOf(Math.abs(value));
  const exponent = Math.min(decimal.exponent, step.exponent);
  const size = scaledTo(decimal, exponent) * (value < 0 ? -1n : 1n);
  const by = scaledTo(step, exponent);
  const cut = size / by;
  if (size % by === 0n) return cut;
  if (round === "up") return size > 0n ? cut + 1n : cut;
  return size < 0n ? cut - 1n : cut;
};

const counts = (from: bigint, to: bigint): readonly bigint[] =>
  to < from ? [] : Array.from({ length: Number(to - from) + 1 }, (_, index) => from + BigInt(index));

/** Parts of a range, the rounder first; the last are multiples of nothing that people write. */
const fractions = [0.5, 0.25, 0.75, 0.1, 0.9, 1 / 3, 0.123456789, 0.7182818284];

const anyNumber = ({ low, high }: Range, literals: Literals): Answer => {
  if (low.at === high.at) return firstOf([low.at], (value) => keeps(literals, value), true);
  const from = Number.isFinite(low.at) ? low.at : Number.isFinite(high.at) ? high.at - 100 : -50;
  const to = Number.isFinite(high.at) ? high.at : from + 100;
  const near = [from, to].flatMap((at) => [
    at,
    at + 1,
    at - 1,
    at + 0.5,
    at - 0.5,
    at + 0.1,
    at - 0.1,
    at * 1.0000001,
    at + 0.0123456789,
  ]);
  const whole = [Math.ceil(from), Math.floor(to), Math.ceil(from) + 1, Math.floor(to) - 1];
  const candidates = [
    ...[0, 1, -1, 0.5, 1.5],
    ...whole,
    ...near,
    ...fractions.map((part) => from + (to - from) * part),
    ...excludedValues(literals).flatMap((value) => (typeof value === "number" ? [value + 0.001, value - 0.001] : [])),
    ...[from * 2, to * 2, 1e-300, -1e-300, 1e300, -1e300],
  ];
  const fits = (value: unknown) => typeof value === "number" && Number.isFinite(value) && keeps(literals, value);
  return firstOf(candidates, fits, false);
};
