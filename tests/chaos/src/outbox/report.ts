import type { OutboxReport } from "./run-outbox.js";

/** Whether everything held. */
export function outboxHeld({ findings, parked, failures }: OutboxReport): boolean {
  const { lost, outOfOrder, rolledBack, wrongKey } = findings;
  return [lost, outOfOrder, rolledBack, wrongKey, parked, failures.length].every((count) => count === 0);
}

/** The report for eyes. */
export function outboxText(report: OutboxReport): string {
  const { options, faults, findings, answersLost, parked, failures } = report;
  const table: readonly (readonly [string, unknown])[] = [
    ["events committed", findings.commits],
    ["records beyond the first of an event", findings.repeated],
    ...Object.entries(faults),
    ["produce answers cut off", answersLost],
    ["committed and lost", findings.lost],
    ["out of order", findings.outOfOrder],
    ["of transactions that rolled back", findings.rolledBack],
    ["with a wrong key", findings.wrongKey],
    ["parked", parked],
  ];
  return [
    `chaos of the outbox: ${options.commits} commits, seed ${options.seed}, ${options.brokers} brokers`,
    ...table.map(([name, value]) => `  ${name.padEnd(40)} ${value}`),
    ...failures.map((failure) => `  FAILED: ${failure}`),
    ...findings.examples.map((example) => `  FOUND: ${example}`),
    outboxHeld(report) ? "everything held" : "NOT everything held",
  ].join("\n");
}
