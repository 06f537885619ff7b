import type { Diagnostic } from "@keyline/contract";

/** A diagnostic, and those that say the same of other places. */
export interface Folded {
  readonly first: Diagnostic;
  readonly others: readonly Diagnostic[];
}

/** So few are shown one by one. */
const few = 2;

/** What diagnostics with the same fix have in common. */
const kindOf = ({ severity, rule, message, fix, lines }: Diagnostic) =>
  JSON.stringify([severity, rule, fix ?? message, lines]);

/** Diagnostics in their order; many with the same fix become one, at the place of the first. */
export function fold(diagnostics: readonly Diagnostic[]): readonly Folded[] {
  const kinds = Map.groupBy(diagnostics, kindOf);
  return [...kinds.values()]
    .flatMap((alike) => (alike.length > few ? [alike] : alike.map((one) => [one])))
    .flatMap(([first, ...others]) => (first ? [{ first, others }] : []))
    .sort((a, b) => diagnostics.indexOf(a.first) - diagnostics.indexOf(b.first));
}
