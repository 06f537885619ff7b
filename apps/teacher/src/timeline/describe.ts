import type { TimelineEvent, Trigger } from "../wire.js";
import { scoreText, triggerTexts } from "../words.js";

/** What an event says, in words. */
export type Description = Pick<TimelineEvent, "what" | "module" | "exercise" | "text" | "isCode" | "outcome">;

/** A payload, of which nothing is known but that its contract's schema accepted it. */
class Fields {
  constructor(private readonly fields: object) {}

  private get(name: string): unknown {
    return Object.entries(this.fields).find(([field]) => field === name)?.[1];
  }

  text(name: string): string | null {
    const value = this.get(name);
    return typeof value === "string" ? value : null;
  }

  number(name: string): number | null {
    const value = this.get(name);
    return typeof value === "number" ? value : null;
  }

  /** A number for people: two decimals at most. */
  shown(name: string): string {
    const value = this.number(name);
    return value === null ? "?" : String(Math.round(value * 100) / 100);
  }

  is(name: string): boolean {
    return this.get(name) === true;
  }
}

const words = (text: string | null) => (text ?? "").replaceAll("_", " ");
const result = (isGood: boolean) => (isGood ? "good" : "bad");

const alertText = (trigger: string | null) => triggerTexts[trigger as Trigger] ?? words(trigger);
/** Below it a quiz is an alert: the domain's `quiz_fail`. */
const passScore = 50;

/** By the names of the contract's messages. */
const describers: Readonly<Record<string, (payload: Fields) => Partial<Description> & { readonly what: string }>> = {
  learningQuery: (payload) => ({ what: "Asked the tutor", text: payload.text("query") }),
  learningResponse: (payload) => ({
    what: `Tutor answered (${words(payload.text("agent"))})`,
    text: payload.text("response"),
  }),
  learningQuiz: (payload) => {
    const hasPassed = (payload.number("score") ?? 0) >= passScore;
    const right = `${payload.shown("correct_count")} of ${payload.shown("total_count")} right`;
    return { what: `${hasPassed ? "Took" : "Failed"} a quiz: ${right}`, outcome: result(hasPassed) };
  },
  learningProgress: (payload) => ({
    what: `Mastery ${scoreText(payload.number("mastery_score") ?? 0)}, ${payload.text("mastery_level")}`,
  }),
  codeSubmitted: (payload) => ({ what: "Submitted code", text: payload.text("code"), isCode: true }),
  codeExecuted: (payload) => ({
    what: payload.is("success") ? "Ran code" : `Run failed: ${payload.text("error_type") ?? "without an error type"}`,
    text: payload.text("error_message"),
    outcome: result(payload.is("success")),
  }),
  codeReviewed: (payload) => ({ what: `Code reviewed: ${payload.shown("rating")} of 100` }),
  exerciseAssigned: (payload) => ({
    what: `Got an exercise (${payload.text("difficulty")})`,
    text: payload.text("title"),
  }),
  exerciseCompleted: (payload) => ({
    what: `Completed the exercise: ${payload.shown("score")} of 100`,
    outcome: "good",
  }),
  struggleDetected: (payload) => ({
    what: `Alert, ${payload.text("severity")}: ${alertText(payload.text("trigger_type")).toLowerCase()}`,
    outcome: "bad",
  }),
  struggleResolved: () => ({ what: "Alert marked as seen" }),
};

const mostCharacters = 600;

/** Says what an event is about; `payload` is the part that is its topic's own. */
export function describe(message: string, payload: object): Description {
  const fields = new Fields(payload);
  const said = describers[message]?.(fields) ?? { what: message };
  return {
    what: said.what,
    module: fields.text("module"),
    exercise: fields.number("exercise_id"),
    text: said.text == null ? null : clipped(said.text),
    isCode: said.isCode ?? false,
    outcome: said.outcome ?? null,
  };
}

function clipped(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, "")}…`;
}
