import type { Changes, Module, Snapshot, WireStudent } from "../../src/wire.js";

/** The class as this page knows it. Never changed in place: what is the same object is the same. */
export interface Class {
  readonly modules: readonly Module[];
  readonly students: ReadonlyMap<string, WireStudent>;
}

export const noClass: Class = { modules: [], students: new Map() };

export function fromSnapshot({ modules, students }: Snapshot): Class {
  return { modules, students: new Map(students.map((student) => [student.ref, student])) };
}

export function withChanges(known: Class, { students }: Changes): Class {
  return { ...known, students: new Map([...known.students, ...students.map((one) => [one.ref, one] as const)]) };
}
