import type { Severity } from "../contract.js";

/** A rule about contracts. Its page is `docs/rules/<id>.md`. */
export interface Rule {
  /** What a diagnostic's `rule` says; for the rule `asyncapi`, diagnostics say `asyncapi/<the parser's code>`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line: what holds where the rule is kept. */
  readonly title: string;
}
