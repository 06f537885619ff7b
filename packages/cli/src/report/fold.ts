import type { Diagnostic } from "@keyline/contract";

/** A diagnostic, and those that say the same of other places. */
export interface Folded {
  readonly first: Diagnostic;
  readonly others: readonly Diagnostic[];
}

/** So few are shown one by one. */
const few = 2;

/** What two diagnostics have in common that are mended alike. */
const kindOf = ({ severity, rule, message, fix, lines }: Diagnostic) =>
  JSON.stringify([severity, rule, fix ?? message, lines]);

/** Diagnostics in their order; those that are mended alike are one, at the place of the first, where they are many. */
export function fold(diagnostics: readonly Diagnostic[]): readonly Folded[] {
  const kinds = Map.groupBy(diagnostics, kindOf);
  return [...kinds.values()]
    .flatMap((alike) => (alike.length > few ? [alike] : alike.map((one) => [one])))
    .flatMap(([first, ...others]) => (first ? [{ first, others }] : []))
    .sort((a, b) => diagnostics.indexOf(a.first) - diagnostics.indexOf(b.first));
}
