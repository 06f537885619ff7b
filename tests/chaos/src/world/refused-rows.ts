import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.js";
import { retried } from "./retried.js";

/** Students whose row the database does not take. */
export interface RefusedStudents {
  /** The progress app's row, for a while: what it refuses is counted as refused in that row. */
  readonly forAWhile: readonly number[];
  /** Both apps' rows, from some moment to the end. */
  readonly forGood: readonly number[];
}

/** A database that refuses single rows. */
export interface RefusedRows extends RefusedStudents {
  /** Refuses a student's state for a while; with the first, another one's row for good. */
  refuse(pick: number, forMs: number): Promise<void>;
}

/**
 * Of the students, only those who are dated ahead of the clock: their deadlines are met by events alone, so that no deadline is
 * given up with a row. For the same reason what is refused for a while is of the app without deadlines, and a change of
 * state alone: a row that takes not even the refusal leaves it open whether a later owner applies the event.
 *
 * Invariant: `forAWhile` and `forGood` have every student of whom a row was refused, each of them in one of both; `forGood` has
 * one at most, as a lane that refuses several keys in a row is taken for a database that is broken.
 */
export function createRefusedRows(database: Database, students: number): RefusedRows {
  const forAWhile: number[] = [];
  const forGood: number[] = [];
  const change = (sql: string) => retried(() => database.query(sql));
  const candidate = (pick: number) => 3 * (1 + Math.floor(pick * Math.floor(students / 3)));
  return {
    forAWhile,
    forGood,
    async refuse(pick, forMs) {
      const student = candidate(pick);
      if (forGood.length === 0) {
        const other = candidate((pick + 0.5) % 1);
        forGood.push(other);
        await change(`${raise}; ${triggerOf(`for_good`, "insert or update", `new.key = '${other}'`)}`);
      }
      if (forGood.includes(student)) return;
      if (!forAWhile.includes(student)) forAWhile.push(student);
      const condition = `new.app = 'progress' and new.key = '${student}' and new.state is distinct from old.state`;
      await change(triggerOf("for_a_while", "update", condition));
      await sleep(forMs);
      await change("drop trigger refuse_for_a_while on keyline.states");
    },
  };
}

const raise = `create or replace function keyline.refuse_row() returns trigger language plpgsql as
  $$ begin raise exception 'this row is refused'; end $$`;

const triggerOf = (name: string, event: string, condition: string) =>
  `create or replace trigger refuse_${name} before ${event} on keyline.states for each row when (${condition})
    execute function keyline.refuse_row()`;
