import {
  checkEffects,
  checkPublishing,
  type ForeignRecord,
  historyOf,
  readJournal,
  type readTables,
} from "@student-events/chaos/kit";
import { numberHeader } from "@student-events/classroom";
import { progressTopics, struggleTopics } from "@student-events/demo/verify";
import { topics } from "@student-events/events";
import type { HostileOptions } from "../options.js";
import { fatesAt } from "./hostile-fates.js";
import type { HostileNote } from "./hostile-journal.js";
import { latenciesIn, medianOf, ratiosOf } from "./latency.js";
import { memoryBoundMb } from "./memory.js";
import { firstProbe, type Probes } from "./probes.js";
import type { Logs, readLetters } from "./read-logs.js";
import type { HostileReport } from "./report.js";
import type { Window } from "./windows.js";

/** The apps of a run, by their groups, and what each reads. */
export const apps = [
  { group: "progress", topics: progressTopics },
  { group: "struggle", topics: struggleTopics },
] as const;

/** All topics of the contract. */
export const goodTopics: readonly string[] = Object.values(topics).map(({ address }) => address);

/** What a run left. */
export interface Found {
  readonly windows: readonly Window[];
  readonly memory: readonly { readonly app: string; readonly peakMb: number }[];
  /** By app: how many records of each topic it says that it has finished. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly tables: Awaited<ReturnType<typeof readTables>>;
  readonly logs: Logs;
  readonly letters: Awaited<ReturnType<typeof readLetters>>;
  /** The hostile records, by number. */
  readonly notes: ReadonlyMap<number, HostileNote>;
  readonly probes: Probes;
  readonly classJournal: string;
  readonly failures: readonly string[];
}

/** Holds what a run left against what was written. */
export function reportOf(options: HostileOptions, found: Found): HostileReport {
  const { windows, memory, logs, letters, notes, probes, failures } = found;
  const latencies = latenciesIn(windows, probes.answers);
  const ratios = ratiosOf(latencies);
  return {
    options,
    ...ofClass(found),
    hostile: apps.map((app) => ({ app: app.group, ...fatesAt(app, notes, logs, letters) })),
    written: { noted: notes.size, onLog: logs.hostile.size + logs.unread.length },
    batchesNotUnpacked: logs.unread.length,
    uncounted: uncounted(found),
    probes: { sent: probes.sent, missing: probes.missing, twice: probes.twice },
    latency: { windows: latencies, ratios, median: medianOf(ratios) },
    memory: { boundMb: memoryBoundMb, peaks: memory },
    failures,
  };
}

/** Whether a student is of the class: hostile ones and those of probes have no other events. */
const isOfClass = ({ student_id }: { readonly student_id: number }) => student_id < firstProbe;

function ofClass({ logs, tables, classJournal }: Found): Pick<HostileReport, "publishing" | "effects"> {
  const records = logs.good.filter(({ event }) => isOfClass(event));
  const isNumbered = ({ headers }: ForeignRecord) => headers.has(numberHeader);
  const ofStudents = records.filter(isNumbered);
  const students = Map.groupBy(ofStudents, ({ event }) => event.student_id);
  const histories = [...students].map(([student, own]) => historyOf(student, own));
  const outcome = {
    histories,
    outputs: records.filter((record) => !isNumbered(record)),
    givenUp: new Map(),
    firings: tables.firings.filter(({ student }) => student < firstProbe),
    rows: tables.rows.filter(isOfClass),
    alerts: tables.alerts.filter(isOfClass),
  };
  return {
    publishing: checkPublishing(readJournal(classJournal), ofStudents, histories),
    effects: checkEffects(outcome),
  };
}

/** Topics of which an app says that it has finished another number of records than there are, a line for each. */
function uncounted({ logs, counts }: Found): readonly string[] {
  return apps.flatMap(({ group, topics: read }) =>
    read.flatMap((topic) => {
      const [size, counted] = [logs.sizes.get(topic) ?? 0, counts.get(group)?.get(topic) ?? 0];
      return size === counted ? [] : [`${group} counted ${counted} of ${size} records of ${topic}`];
    }),
  );
}
