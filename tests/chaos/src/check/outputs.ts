import type { ForeignRecord } from "../log/foreign-log.js";

/** What one projection published. */
export interface Emissions {
  /** Each event once, where it came first, by student and number. */
  readonly first: readonly ForeignRecord[];
  /** How many records there are, with those that a restarted app published again. */
  readonly all: number;
  /** What is wrong, a sentence each. */
  readonly findings: readonly string[];
}

/**
 * Reads a projection's outputs: `keyline-seq: <projection>#<n>` numbers what it published for a student. The first
 * occurrences have to stand in the order of n, without a gap; what was published again has to have kept its id.
 */
export function emissionsOf(projection: string, outputs: readonly ForeignRecord[]): Emissions {
  const own = outputs.filter((record) => speakerOf(record) === projection);
  const findings: string[] = [];
  const first: ForeignRecord[] = [];
  for (const [student, records] of Map.groupBy(own, ({ event }) => event.student_id)) {
    const known = new Map<number, ForeignRecord>();
    // All outputs of a projection for a student lie in one partition of one topic.
    for (const record of records.sort((a, b) => a.offset - b.offset)) {
      const number = sequenceOf(record);
      const earlier = known.get(number);
      if (earlier && earlier.id !== record.id)
        findings.push(`${projection}#${number} of student ${student} changed its id`);
      if (!earlier && number !== known.size + 1) {
        findings.push(`${projection}#${number} of student ${student} comes after ${known.size} others`);
      }
      if (!earlier) known.set(number, record);
    }
    const ids = new Set([...known.values()].map(({ id }) => id));
    if (ids.size < known.size) findings.push(`${projection} gave one id to several events of student ${student}`);
    first.push(...[...known].sort(([a], [b]) => a - b).map(([, record]) => record));
  }
  const strange = outputs.length - outputs.filter((record) => speakerOf(record) !== null).length;
  if (strange > 0) findings.push(`${strange} outputs without keyline-seq`);
  return { first, all: own.length, findings };
}

const speakerOf = ({ headers }: ForeignRecord): string | null => headers.get("keyline-seq")?.split("#")[0] ?? null;

const sequenceOf = ({ headers }: ForeignRecord): number => Number(headers.get("keyline-seq")?.split("#")[1]);
