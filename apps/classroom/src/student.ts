import { curriculum, type Exercise, type Module } from "./curriculum.js";
import type { Diary } from "./diary.js";

/** What a student is like. */
export interface Character {
  /** How likely a run of the student's code succeeds at the first try, from 0 to 1. */
  readonly skill: number;
  /** How likely a failure repeats the error before it. */
  readonly stubbornness: number;
  /** How likely the student asks for help, or gives up, after a failure. */
  readonly despair: number;
  /** How likely the student comes to class on a day. */
  readonly diligence: number;
}

/** A student, and how far into the curriculum. */
export interface Student {
  readonly character: Character;
  moduleIndex: number;
  readonly assigned: Set<number>;
  readonly done: Set<number>;
}

export function newStudent({ random }: Diary): Student {
  const character = {
    skill: random.between(0.25, 0.95),
    stubbornness: random.between(0.3, 0.8),
    despair: random.between(0.05, 0.35),
    diligence: random.between(0.6, 1),
  };
  return { character, moduleIndex: random.integer(0, 2), assigned: new Set(), done: new Set() };
}

const errorTypes = ["NameError", "TypeError", "SyntaxError", "IndexError", "ValueError", "KeyError"] as const;
const agents = ["concepts", "debug", "exercise"] as const;
const criesForHelp = [
  "I'm stuck, can you look at this?",
  "I don\u2019t understand what the error means",
  "i dont understand this at all",
  "I am stuck   again :(",
] as const;

/** Half an hour or so of work: exercises, questions, and a quiz when a module is done. */
export function work(student: Student, diary: Diary): void {
  const { random } = diary;
  for (let rounds = random.integer(1, 3); rounds > 0; rounds -= 1) {
    const module = curriculum[student.moduleIndex % curriculum.length] ?? curriculum[0];
    const open = module.exercises.find(({ id }) => !student.done.has(id));
    if (random.chance(0.4)) ask(diary, module, random.pick(module.questions));
    if (open) practise(student, diary, module, open);
    if (!open || random.chance(0.15)) takeQuiz(student, diary, module);
    if (!open) student.moduleIndex += 1;
    diary.wait(60, 400);
  }
}

function practise(student: Student, diary: Diary, module: Module, exercise: Exercise): void {
  const { random } = diary;
  assign(student, diary, module, exercise);
  const tries = random.integer(2, 7);
  let error: string = random.pick(errorTypes);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    diary.wait(20, 200);
    const success = random.chance(student.character.skill + 0.1 * attempt);
    if (!success && !random.chance(student.character.stubbornness)) error = random.pick(errorTypes);
    submit(student, diary, module, exercise, success ? undefined : error);
    if (success) return;
    if (random.chance(student.character.despair)) ask(diary, module, random.pick(criesForHelp));
    // Some give up on an exercise; the struggle app finds those who are stuck.
    if (random.chance(student.character.despair / 2)) return;
  }
}

function assign(student: Student, diary: Diary, { name }: Module, { id, difficulty, title }: Exercise): void {
  if (student.assigned.has(id)) return;
  student.assigned.add(id);
  diary.beginChain();
  diary.write({ topic: "exerciseAssigned", payload: { exercise_id: id, module: name, difficulty, title } });
}

/** Code is submitted, runs, and, where all is well, completes the exercise; now and then it is reviewed. */
function submit(student: Student, diary: Diary, module: Module, exercise: Exercise, error: string | undefined): void {
  const { random } = diary;
  const passed_count = error === undefined ? 6 : random.integer(0, 5);
  const about = { submission_id: random.uuid(), module: module.name, exercise_id: exercise.id };
  const total_count = 6;
  diary.beginChain();
  diary.write({ topic: "codeSubmitted", payload: { ...about, code: `# ${exercise.title}\n` } });
  diary.wait(0.3, 2);
  const failure =
    error === undefined ? {} : { error_type: error, error_message: `${error} in line ${random.integer(1, 30)}` };
  const run = { success: error === undefined, execution_time_ms: random.integer(5, 900), passed_count, total_count };
  diary.write({ topic: "codeExecuted", payload: { ...about, ...run, ...failure } });
  if (error === undefined) {
    diary.wait(0.1, 0.5);
    student.done.add(exercise.id);
    diary.write({ topic: "exerciseCompleted", payload: { ...about, score: 100, passed_count, total_count } });
  }
  if (random.chance(error === undefined ? 0.7 : 0.1)) {
    diary.wait(1, 8);
    const rating = Math.round(random.between(30, 70) + 30 * student.character.skill);
    diary.write({ topic: "codeReviewed", payload: { ...about, rating } });
  }
}

function ask(diary: Diary, { name }: Module, query: string): void {
  diary.beginChain();
  diary.write({ topic: "learningQuery", payload: diary.random.chance(0.8) ? { query, module: name } : { query } });
  diary.wait(1, 6);
  const agent = diary.random.pick(agents);
  diary.write({ topic: "learningResponse", payload: { agent, response: "Let us look at it step by step." } });
  diary.wait(20, 90);
}

function takeQuiz(student: Student, diary: Diary, { name }: Module): void {
  const { random } = diary;
  const total_count = 5;
  const answers = Array.from({ length: total_count }, () => random.chance(0.2 + 0.8 * student.character.skill));
  const correct_count = answers.filter((isRight) => isRight).length;
  diary.wait(60, 300);
  diary.beginChain();
  diary.write({
    topic: "learningQuiz",
    payload: {
      quiz_attempt_id: random.integer(1, 2 ** 31),
      module: name,
      correct_count,
      total_count,
      score: (100 * correct_count) / total_count,
    },
  });
}
