import { createRandom } from "@keyline/runtime/testing";
import { createDiary, type Diary } from "./diary.js";
import type { PlannedEvent } from "./planned.js";
import { scripts } from "./script.js";
import { newStudent, type Student, work } from "./student.js";

/** Who is in the class, and when it begins. */
export interface ClassroomOptions {
  /** How many; students 1 and 2 are scripted. */
  readonly students: number;
  /** The first one's id; the others follow. Default 1. */
  readonly firstStudent?: number;
  /** The same seed, the same events. */
  readonly seed: number;
  /** Midnight (UTC) of the first day, milliseconds since 1970. */
  readonly firstDayMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A student who attends: what is to be written down of a day, given its midnight. */
interface Attendant {
  readonly diary: Diary;
  readonly isScripted: boolean;
  spend(midnightMs: number, day: number): void;
}

/**
 * All events of a class in the order of the classroom's time, day after day without end; a class of scripted students
 * alone ends with its first day.
 */
export function* classroomEvents(options: ClassroomOptions): Generator<PlannedEvent, void> {
  const attendants = Array.from({ length: options.students }, (_, index) =>
    attendant((options.firstStudent ?? 1) + index, options),
  );
  for (let day = 0; day === 0 || attendants.some(({ isScripted }) => !isScripted); day += 1) {
    const midnightMs = options.firstDayMs + day * dayMs;
    const events = attendants.flatMap(({ diary, spend }) => {
      spend(midnightMs, day);
      return diary.take();
    });
    yield* events.sort((a, b) => a.timeMs - b.timeMs);
  }
}

function attendant(id: number, { seed, firstDayMs }: ClassroomOptions): Attendant {
  const diary = createDiary(id, createRandom(seed, id), firstDayMs);
  const script = scripts[id];
  if (!script) {
    const student = newStudent(diary);
    return { diary, isScripted: false, spend: (midnightMs) => spendDay(student, diary, midnightMs) };
  }
  return {
    diary,
    isScripted: true,
    spend(midnightMs, day) {
      diary.waitUntil(midnightMs + 9 * hourMs);
      if (day === 0) script(diary);
    },
  };
}

/** A session in the morning, and for some one in the afternoon; all are over before midnight. */
function spendDay(student: Student, diary: Diary, midnightMs: number): void {
  const { random } = diary;
  if (!random.chance(student.character.diligence)) return;
  for (const hour of [9, 14]) {
    diary.waitUntil(midnightMs + hour * hourMs + random.integer(0, hourMs));
    if (hour === 9 || random.chance(0.5)) work(student, diary);
  }
}
