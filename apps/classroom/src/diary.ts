import type { Random } from "@keyline/runtime/testing";
import type { Happening, PlannedEvent } from "./planned.js";

/** Writes down what a student does, one thing after the other. */
export interface Diary {
  readonly random: Random;
  /** The student's time (milliseconds since 1970). */
  now(): number;
  /** Lets time pass. */
  wait(low: number, high: number): void;
  /** Moves to a time that is not passed yet. */
  waitUntil(timeMs: number): void;
  /** Begins a chain of events: all that follow have one correlation id. */
  beginChain(): void;
  write(happening: Happening): void;
  /** Takes what was written since the last call. */
  take(): PlannedEvent[];
}

/** @see Diary */
export function createDiary(studentId: number, random: Random, startMs: number): Diary {
  // Invariant: time and numbers only grow: each event that is written is later than the one before and has the next
  // number; `written` holds those that were not taken yet.
  let nowMs = startMs;
  let number = 0;
  let correlationId = random.uuid();
  let written: PlannedEvent[] = [];
  return {
    random,
    now: () => nowMs,
    wait(low, high) {
      nowMs += Math.round(random.between(low, high) * 1000);
    },
    waitUntil(timeMs) {
      nowMs = Math.max(nowMs, timeMs);
    },
    beginChain() {
      correlationId = random.uuid();
    },
    write(happening) {
      nowMs += 1;
      number += 1;
      written.push({ ...happening, studentId, number, timeMs: nowMs, correlationId });
    },
    take() {
      const taken = written;
      written = [];
      return taken;
    },
  };
}
