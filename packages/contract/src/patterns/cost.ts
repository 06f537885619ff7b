import { analyse } from "scslre";
import { createTimeLimit, outOfTime, type TimeLimit } from "../time-limit.js";
import { isAmbiguous } from "./ambiguity.js";

/** How the time that a pattern takes grows with a text's length, as far as that can be determined. */
export type PatternCost = "linear" | "slow" | "exponential" | "undecided" | "invalid";

/** The cost of a pattern, a regular expression with the flag u that is looked for anywhere in a text. */
export type PatternCosts = (source: string) => PatternCost;

/** For all patterns of a contract. */
const limitMs = 5000;

const compiles = (source: string): boolean => {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
};

const costOf = (source: string): PatternCost => {
  if (!compiles(source)) return "invalid";
  const { reports } = analyse({ source, flags: "u" });
  if (reports.some(({ exponential }) => exponential) || isAmbiguous(source)) return "exponential";
  return reports.length > 0 ? "slow" : "linear";
};

const decide = (source: string, within: TimeLimit): PatternCost => {
  try {
    const cost = within(() => costOf(source));
    return cost === outOfTime ? "undecided" : cost;
  } catch {
    // An automaton of it would be too large.
    return "undecided";
  }
};

/**
 * Judges patterns within a time.
 *
 * Invariant: `known` holds the costs of all patterns that were asked for.
 */
export const createPatternCosts = (ms = limitMs): PatternCosts => {
  const within = createTimeLimit(ms);
  const known = new Map<string, PatternCost>();
  return (source) => {
    const cost = known.get(source) ?? decide(source, within);
    known.set(source, cost);
    return cost;
  };
};
