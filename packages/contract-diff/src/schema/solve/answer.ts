import type { Json } from "@keyline/json-schema";
import type { Node, NodeFactory } from "../node.js";

/** Whether there is a value that fits some schemas and none of others. */
export type Answer =
  /** One that does. */
  | { readonly kind: "value"; readonly value: Json }
  /** There is none. */
  | { readonly kind: "none" }
  /** It could not be found out. */
  | { readonly kind: "unknown" };

export const none: Answer = { kind: "none" };
export const unknown: Answer = { kind: "unknown" };
export const found = (value: Json): Answer => ({ kind: "value", value });

/** What a value has to fit, and what it must not fit. */
export interface Question {
  readonly yes: readonly Node[];
  readonly no: readonly Node[];
}

/** Answers questions about the values inside of others. */
export interface Solver {
  readonly nodes: NodeFactory;
  /** Texts that values of these contracts hold, to try where nothing better is known. */
  readonly hints: readonly string[];
  find(question: Question): Answer;
}

/** A value where a candidate is one, none where all that there are have been tried, else unknown. */
export const firstOf = (candidates: Iterable<Json>, fits: (value: Json) => boolean, areAll: boolean): Answer => {
  for (const value of candidates) if (fits(value)) return found(value);
  return areAll ? none : unknown;
};

/** The first value that one of several ways gives; none where no way can give one. */
export const anyOf = (ways: Iterable<() => Answer>): Answer => {
  let isCertain = true;
  for (const way of ways) {
    const answer = way();
    if (answer.kind === "value") return answer;
    if (answer.kind === "unknown") isCertain = false;
  }
  return isCertain ? none : unknown;
};
