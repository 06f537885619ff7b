import type { ErrorCode } from "@keyline/runtime";

/** An error code in the style of findings: the same words with hyphens. */
export type KindOf<Code extends string> = Code extends `${infer Head}_${infer Rest}` ? `${Head}-${KindOf<Rest>}` : Code;

/** The id of the finding that says the same as an error code. */
export const kindOf = <Code extends ErrorCode>(code: Code): KindOf<Code> => code.replaceAll("_", "-") as KindOf<Code>;

/** A row of a table of findings about what has an error code too: its id is made from the code. */
export const sharedId = <Code extends ErrorCode, Rule>(code: Code, rule: Rule) =>
  ({ [kindOf(code)]: rule }) as { readonly [Kind in KindOf<Code>]: Rule };
