import {
  alertsOfStudent,
  compareBags,
  type Difference,
  type ExpectedAlert,
  type ExpectedRow,
  eventsByStudent,
  expectedProgress,
  type RecordedEvent,
  struggleTopics,
} from "@student-events/demo/verify";
import type { ForeignRecord } from "../log/foreign-log.js";
import { placeOf } from "../log/sorted.js";
import { type Firing, overtaken, recordedOf, withFirings } from "./firings.js";
import type { History } from "./history.js";
import { type Emissions, emissionsOf } from "./outputs.js";

/** What the apps left behind. */
export interface Outcome {
  readonly histories: readonly History[];
  readonly firings: readonly Firing[];
  /** By app, events that it gave up since the database did not take them. */
  readonly givenUp: ReadonlyMap<string, ReadonlySet<string>>;
  /** The table of the progress app. */
  readonly rows: readonly ExpectedRow[];
  /** The table of the struggle app: the fifty latest alerts of each student. */
  readonly alerts: readonly ExpectedAlert[];
  /** What both apps published. */
  readonly outputs: readonly ForeignRecord[];
}

/** How the apps did. */
export interface Effects {
  /** Rows and outputs that are there beyond what the log of events gives: effects applied twice, or wrongly. */
  readonly twice: number;
  /** Rows and outputs that the log of events gives and that are not there. */
  readonly missing: number;
  /** Outputs that are not in the order of their key, or changed their id. */
  readonly unstable: number;
  /** Firings of the clock that overtook an event that was in the log. */
  readonly overtaken: number;
  readonly outputs: number;
  /** Published again after a crash, under the same id. */
  readonly repeated: number;
  readonly examples: readonly string[];
}

/**
 * Folds the log of events again, without the apps' code, and holds it against their tables and outputs. A student whose
 * events could stand in several orders is left out: the apps may have applied another one than this fold.
 */
export function checkEffects(outcome: Outcome): Effects {
  const { histories, givenUp, firings, rows, alerts, outputs } = withoutAmbiguous(outcome);
  const byStudent = Map.groupBy(firings, ({ student }) => student);
  const taken = (app: string) => histories.map((history) => without(history, givenUp.get(app)));
  const progress = expectedProgress(taken("progress").flatMap(({ events }) => events.map(recordedOf)));
  const ofStruggle = taken("struggle").map(readByStruggle);
  const sent = ofStruggle.flatMap((history) => {
    const steps = withFirings(history.events, byStudent.get(history.student) ?? []);
    return alertsOfStudent(history.student, steps);
  });
  const shown = [...Map.groupBy(sent, ({ student_id }) => student_id).values()].flatMap((own) => own.slice(-50));
  const changes = emissionsOf("progress", outputs);
  const detected = emissionsOf("struggle", outputs);
  const late = ofStruggle.flatMap((history) => overtaken(history, byStudent.get(history.student) ?? []));
  const differences: readonly (readonly [string, Difference])[] = [
    ["row of progress", compareBags(progress.rows, rows)],
    ["row of struggle", compareBags(shown, alerts)],
    ["learning.progress", compareBags(numbered(progress.changes), numbered(changes.first.map(changeOf)))],
    ["struggle.detected", compareBags(numbered(sent), numbered(detected.first.map(alertOf)))],
  ];
  const unstable = [...changes.findings, ...detected.findings];
  const sum = (side: keyof Difference) => differences.reduce((total, [, found]) => total + found[side].length, 0);
  return {
    twice: sum("unexpected"),
    missing: sum("missing"),
    unstable: unstable.length,
    overtaken: late.length,
    outputs: changes.first.length + detected.first.length,
    repeated: repeatedOf(changes) + repeatedOf(detected),
    examples: [
      ...differences.flatMap(([what, { missing, unexpected }]) => [
        ...missing.slice(0, 2).map((text) => `${what} missing: ${text}`),
        ...unexpected.slice(0, 2).map((text) => `${what} not expected: ${text}`),
      ]),
      ...unstable.slice(0, 3),
      ...late.slice(0, 3),
    ],
  };
}

function withoutAmbiguous({ histories, firings, rows, alerts, outputs, givenUp }: Outcome): Outcome {
  const left = new Set(histories.flatMap(({ student, isTotal }) => (isTotal ? [] : student)));
  return {
    givenUp,
    histories: histories.filter(({ isTotal }) => isTotal),
    firings: firings.filter(({ student }) => !left.has(student)),
    rows: rows.filter(({ student_id }) => !left.has(student_id)),
    alerts: alerts.filter(({ student_id }) => !left.has(student_id)),
    outputs: outputs.filter(({ event }) => !left.has(event.student_id)),
  };
}

const repeatedOf = ({ all, first }: Emissions): number => all - first.length;

const without = ({ events, ...history }: History, places: ReadonlySet<string> = new Set()): History => ({
  ...history,
  events: events.filter((record) => !places.has(placeOf(record))),
});

/** What the app reads, without what was sent twice. */
function readByStruggle({ student, events, isTotal }: History): History {
  const read = new Set<RecordedEvent>();
  const records = new Map(events.map((record) => [recordedOf(record), record]));
  for (const own of eventsByStudent([...records.keys()], struggleTopics).values()) for (const one of own) read.add(one);
  return { student, isTotal, events: [...records].flatMap(([one, record]) => (read.has(one) ? record : [])) };
}

/** Rows with their place among their student's, and among their student's of the module. */
function numbered<Row extends { readonly student_id: number; readonly module: string | null }>(rows: readonly Row[]) {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const name = `${row.student_id}/${"previous_level" in row ? row.module : ""}`;
    const place = (counts.get(name) ?? 0) + 1;
    counts.set(name, place);
    return { ...row, place };
  });
}

function changeOf({ event }: ForeignRecord) {
  const { previous_level, ...row } = event.payload as unknown as Omit<ExpectedRow, "student_id"> & {
    readonly previous_level?: string;
  };
  return { ...row, student_id: event.student_id, previous_level };
}

function alertOf({ event }: ForeignRecord): ExpectedAlert {
  const { trigger_type, severity, module = null } = event.payload as unknown as Omit<ExpectedAlert, "student_id">;
  return { student_id: event.student_id, trigger_type, severity, module, atMs: Date.parse(event.timestamp) };
}
