import type { ForeignRecord } from "../log/foreign-log.js";
import type { JournalEntry } from "../publish/journal.js";
import { type History, numberOf } from "./history.js";

/** What became of what was published. */
export interface Publishing {
  readonly called: number;
  readonly acknowledged: number;
  /** Rejected, by code: these may be in the log or not. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Neither acknowledged nor rejected. */
  readonly unanswered: number;
  /** Acknowledged, and not in the log where the acknowledgement says. */
  readonly lost: number;
  /** In the log more than once. */
  readonly duplicated: number;
  /** Acknowledged, and in the log before an event of the same student that was called earlier. */
  readonly outOfOrder: number;
  readonly examples: readonly string[];
}

/** Holds the publishers' notes against the log. */
export function checkPublishing(
  journal: readonly JournalEntry[],
  log: readonly ForeignRecord[],
  histories: readonly History[],
): Publishing {
  const byName = Map.groupBy(log, (record) => nameOf(record.event.student_id, numberOf(record)));
  const of = <Kind extends JournalEntry["kind"]>(kind: Kind) =>
    journal.filter((entry): entry is Extract<JournalEntry, { kind: Kind }> => entry.kind === kind);
  const acknowledged = of("acknowledged");
  const answered = new Set(acknowledged.map(({ student, number }) => nameOf(student, number)));
  const rejected = of("rejected");
  const lost = acknowledged.filter(
    ({ student, number, topic, partition, offset }) =>
      !byName.get(nameOf(student, number))?.some(
        (record) =>
          // kafkajs tells the offset of a batch only: there, being in the log at all is what counts.
          offset === undefined ||
          (record.topic === topic && record.partition === partition && record.offset === offset),
      ),
  );
  const duplicated = [...byName].filter(([, records]) => records.length > 1);
  const outOfOrder = histories.flatMap(({ student, events }) =>
    outOfOrderIn(events.map(numberOf).filter((number) => answered.has(nameOf(student, number)))).map((number) =>
      nameOf(student, number),
    ),
  );
  const codes = Object.entries(Object.groupBy(rejected, ({ code }) => code));
  return {
    called: of("called").length,
    acknowledged: acknowledged.length,
    rejected: Object.fromEntries(codes.map(([code, entries]) => [code, entries?.length ?? 0])),
    unanswered: of("called").length - acknowledged.length - rejected.length,
    lost: lost.length,
    duplicated: duplicated.length,
    outOfOrder: outOfOrder.length,
    examples: [
      ...lost.slice(0, 3).map(({ student, number }) => `lost: ${nameOf(student, number)}`),
      ...duplicated.slice(0, 3).map(([name]) => `twice in the log: ${name}`),
      ...outOfOrder.slice(0, 3).map((name) => `out of order: ${name}`),
      ...rejected.slice(0, 3).map(({ student, number, reason }) => `rejected: ${nameOf(student, number)}: ${reason}`),
    ],
  };
}

const nameOf = (student: number, number: number): string => `student ${student}, event ${number}`;

/** The numbers that come after a higher one. */
export function outOfOrderIn(numbers: readonly number[]): readonly number[] {
  let highest = Number.NEGATIVE_INFINITY;
  return numbers.filter((number) => {
    const isLate = number < highest;
    highest = Math.max(highest, number);
    return isLate;
  });
}
