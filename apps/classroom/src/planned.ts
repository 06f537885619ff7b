import type {
  CodeExecuted,
  CodeReviewed,
  CodeSubmitted,
  ExerciseAssigned,
  ExerciseCompleted,
  LearningQuery,
  LearningQuiz,
  LearningResponse,
} from "@student-events/events";

interface Payloads {
  readonly learningQuery: LearningQuery["payload"];
  readonly learningResponse: LearningResponse["payload"];
  readonly learningQuiz: LearningQuiz["payload"];
  readonly codeSubmitted: CodeSubmitted["payload"];
  readonly codeExecuted: CodeExecuted["payload"];
  readonly codeReviewed: CodeReviewed["payload"];
  readonly exerciseAssigned: ExerciseAssigned["payload"];
  readonly exerciseCompleted: ExerciseCompleted["payload"];
}

/** What happens, by the topic that reports it. */
export type Happening = {
  [Topic in keyof Payloads]: { readonly topic: Topic; readonly payload: Payloads[Topic] };
}[keyof Payloads];

/** An event that the classroom is going to publish. */
export type PlannedEvent = Happening & {
  readonly studentId: number;
  /** Counts a student's events from 1. */
  readonly number: number;
  /** When it happens in the classroom's time (milliseconds since 1970); grows with each event of a student. */
  readonly timeMs: number;
  readonly correlationId: string;
};
