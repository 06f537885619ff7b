import { curriculum } from "./curriculum.js";
import type { Diary } from "./diary.js";

const [, controlFlow] = curriculum;

/** The first student of every class: 3 of 5 exercises, a review of 95 and a quiz of 80 make 68.00 in control-flow. */
export const firstStudentId = 1;

/** The second: the same error three times, and the teacher is alerted. */
export const secondStudentId = 2;

/** How the scripted students spend their only day. */
export const scripts: { readonly [studentId: number]: (diary: Diary) => void } = {
  [firstStudentId]: learnsLoops,
  [secondStudentId]: repeatsAnError,
};

function learnsLoops(diary: Diary): void {
  const module = controlFlow.name;
  for (const { id, title, difficulty } of controlFlow.exercises) {
    diary.beginChain();
    diary.write({ topic: "exerciseAssigned", payload: { exercise_id: id, module, difficulty, title } });
  }
  for (const { id } of controlFlow.exercises.slice(0, 3)) {
    diary.wait(60, 120);
    const submission_id = submit(diary, { module, exercise_id: id }, undefined);
    diary.write({
      topic: "exerciseCompleted",
      payload: { exercise_id: id, module, submission_id, score: 100, passed_count: 6, total_count: 6 },
    });
  }
  diary.wait(60, 120);
  diary.beginChain();
  diary.write({ topic: "learningQuery", payload: { query: "How do for loops work?", module } });
  diary.wait(2, 4);
  diary.write({
    topic: "learningResponse",
    payload: { agent: "concepts", response: "A for loop takes one item after the other." },
  });
  diary.wait(60, 120);
  const submission_id = submit(diary, { module }, undefined);
  diary.wait(3, 9);
  diary.write({ topic: "codeReviewed", payload: { submission_id, module, rating: 95 } });
  diary.wait(120, 240);
  diary.beginChain();
  diary.write({
    topic: "learningQuiz",
    payload: { quiz_attempt_id: 1, module, correct_count: 4, total_count: 5, score: 80 },
  });
}

function repeatsAnError(diary: Diary): void {
  for (let time = 0; time < 3; time += 1) {
    diary.wait(30, 90);
    submit(diary, { module: "oop" }, "NameError");
  }
}

/** Submits code and runs it. Returns the submission. */
function submit(
  { random, ...diary }: Diary,
  about: { readonly module: "control-flow" | "oop"; readonly exercise_id?: number },
  error: string | undefined,
): string {
  const submission_id = random.uuid();
  diary.beginChain();
  diary.write({ topic: "codeSubmitted", payload: { ...about, submission_id, code: "for n in range(3): print(n)\n" } });
  diary.wait(1, 2);
  diary.write({
    topic: "codeExecuted",
    payload: {
      ...about,
      submission_id,
      success: error === undefined,
      execution_time_ms: 12,
      ...(error === undefined ? {} : { error_type: error }),
    },
  });
  return submission_id;
}
