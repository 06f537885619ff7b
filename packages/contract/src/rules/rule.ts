import type { Severity } from "../contract.js";

/** A rule about contracts. Its page is `docs/rules/<id>.md`. */
export interface Rule {
  /** The `rule` of its diagnostics; those of the rule `asyncapi` are `asyncapi/<the parser's code>`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line: what holds if the rule is kept. */
  readonly title: string;
}
