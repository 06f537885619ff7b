import { appendFileSync, readFileSync } from "node:fs";

/** The first of the students of whom each sends one event: above those of a class, below hostile ones. */
export const firstProbe = 500_000;

/** An app's answer to a probe's event. */
export interface Answered {
  readonly app: string;
  readonly student: number;
  readonly sentMs: number;
  readonly latencyMs: number;
}

/** What the process of probes notes: what it sent, and each answer. */
export type ProbeNote =
  | { readonly kind: "sent"; readonly student: number }
  | ({ readonly kind: "answered" } & Answered);

/** Notes before it returns. */
export const noteProbe = (file: string, note: ProbeNote): void => appendFileSync(file, `${JSON.stringify(note)}\n`);

/** What became of the probes. */
export interface Probes {
  readonly sent: number;
  readonly answers: readonly Answered[];
  /** Answers that did not come, and those that came again. */
  readonly missing: number;
  readonly twice: number;
}

/** Reads what was noted: each event is to be answered once by each app. */
export function readProbes(file: string, apps: readonly string[]): Probes {
  const notes = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ProbeNote);
  const answers = notes.filter((note) => note.kind === "answered");
  const sent = notes.length - answers.length;
  const different = new Set(answers.map(({ app, student }) => `${app} ${student}`)).size;
  return { sent, answers, missing: sent * apps.length - different, twice: answers.length - different };
}
