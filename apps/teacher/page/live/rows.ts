import type { MasteryLevel, WireStudent } from "../../src/wire.js";

/** What the rows are sorted by: the name, open alerts, modules that are done, or the score in the module at a place. */
export interface Sorting {
  readonly by: "name" | "alerts" | "done" | number;
  readonly isDescending: boolean;
}

/** The other way round where it was sorted by this; else what a teacher looks for first: most alerts, weakest scores. */
export function sortedBy({ by: before, isDescending }: Sorting, by: Sorting["by"]): Sorting {
  return { by, isDescending: before === by ? !isDescending : by === "alerts" };
}

const isProficient = (level: MasteryLevel) => level === "proficient" || level === "mastered";

/** Modules in which a student is proficient or better. */
export function doneCount({ mastery }: WireStudent): number {
  return mastery.filter((cell) => cell !== null && isProficient(cell[1])).length;
}

/** Rows in order; who has nothing in a module comes last either way. */
export function sortedRows(
  students: readonly WireStudent[],
  { by, isDescending }: Sorting,
  nameOf: (student: WireStudent) => string,
  alertsOf: (student: WireStudent) => number,
): readonly WireStudent[] {
  const sign = isDescending ? -1 : 1;
  const byName = (a: WireStudent, b: WireStudent) => compareNames.compare(nameOf(a), nameOf(b));
  if (by === "name") return students.toSorted((a, b) => sign * byName(a, b));
  const value = (student: WireStudent) => {
    if (by === "alerts") return alertsOf(student);
    return by === "done" ? doneCount(student) : (student.mastery[by]?.[0] ?? null);
  };
  return students.toSorted((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null) || byName(a, b);
    return sign * (one - other) || byName(a, b);
  });
}

// Student 9 before student 10.
const compareNames = new Intl.Collator("en", { numeric: true });

/** How many students stand at each level of a module. */
export function levelCounts(students: Iterable<WireStudent>, place: number): Readonly<Record<MasteryLevel, number>> {
  const counts = { beginner: 0, learning: 0, proficient: 0, mastered: 0 };
  for (const { mastery } of students) {
    const cell = mastery[place];
    if (cell) counts[cell[1]] += 1;
  }
  return counts;
}
