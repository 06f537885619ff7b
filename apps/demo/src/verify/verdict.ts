import type { RecordPosition } from "@keyline/runtime";
import { compareBags, compareInOrder, type Difference } from "./compare.js";
import { type ExpectedAlert, expectedAlerts } from "./expected-alerts.js";
import { type ExpectedChange, type ExpectedRow, expectedProgress } from "./expected-progress.js";
import { asIntended, countOutOfOrder, countRepeated, eventsAt, isNumbered } from "./order.js";
import type { LoggedEvent } from "./read-log.js";
import { progressTopics, struggleTopics } from "./recorded.js";

/** What is known when the class is over. */
export interface Evidence {
  /** Events that the classroom published and the broker acknowledged. */
  readonly published: number;
  /** Events that the classroom could not publish. */
  readonly failed: number;
  /** All topics, read back. */
  readonly log: readonly LoggedEvent[];
  /** What each app handled, in order. */
  readonly handled: { readonly progress: readonly RecordPosition[]; readonly struggle: readonly RecordPosition[] };
  /** The table of the progress app. */
  readonly rows: readonly ExpectedRow[];
  /** The table of the struggle app: the fifty latest alerts of each student. */
  readonly alerts: readonly ExpectedAlert[];
  /** How far the wall clock got. */
  readonly untilMs: number;
}

/** How an app did with the events that it reads. */
export interface Handling {
  readonly readable: number;
  readonly handled: number;
  readonly outOfOrder: number;
  readonly twice: number;
}

/** What the evidence says. */
export interface Verdict {
  readonly published: number;
  readonly logged: number;
  readonly apps: { readonly progress: Handling; readonly struggle: Handling };
  /** In the log's partitions or in an app, whichever is more. */
  readonly outOfOrder: number;
  readonly twice: number;
  /** What is wrong, a sentence each; all is well without any. */
  readonly findings: readonly string[];
}

/** Holds what happened against what the domain says of the classroom's events. */
export function judge(evidence: Evidence): Verdict {
  const { log, handled } = evidence;
  const logged = log.filter(isNumbered);
  const apps = {
    progress: handlingOf(log, handled.progress, progressTopics),
    struggle: handlingOf(log, handled.struggle, struggleTopics),
  };
  const perPartition = Object.values(Object.groupBy(logged, ({ topic, partition }) => `${topic}/${partition}`));
  const onLog = perPartition.reduce((sum, events) => sum + countOutOfOrder(events ?? []), 0);
  const outOfOrder = Math.max(onLog, apps.progress.outOfOrder, apps.struggle.outOfOrder);
  const twice = Math.max(countRepeated(logged), apps.progress.twice, apps.struggle.twice);
  const findings = [
    ...(evidence.failed === 0 ? [] : [`${evidence.failed} events could not be published`]),
    ...(logged.length === evidence.published
      ? []
      : [`${evidence.published} events published, ${logged.length} in the log`]),
    ...Object.entries(apps).flatMap(([app, { readable, handled }]) =>
      readable === handled ? [] : [`${readable} events for ${app}, ${handled} handled`],
    ),
    ...(outOfOrder === 0 ? [] : [`${outOfOrder} events out of order`]),
    ...(twice === 0 ? [] : [`${twice} events applied twice`]),
    ...compareOutcome(evidence),
  ];
  return { published: evidence.published, logged: logged.length, apps, outOfOrder, twice, findings };
}

function handlingOf(
  log: readonly LoggedEvent[],
  handled: readonly RecordPosition[],
  topics: readonly string[],
): Handling {
  const readable = log.filter(({ topic, number }) => number !== null && topics.includes(topic));
  const events = eventsAt(log, handled);
  return {
    readable: readable.length,
    handled: events.length,
    outOfOrder: countOutOfOrder(events),
    twice: countRepeated(events),
  };
}

/** Tables and emitted events against the domain's rules. */
function compareOutcome({ log, rows, alerts, untilMs }: Evidence): readonly string[] {
  const intended = asIntended(log);
  const progress = expectedProgress(intended);
  const expected = expectedAlerts(intended, { untilMs });
  const shown = Object.values(Object.groupBy(expected, ({ student_id }) => student_id)).flatMap(
    (own) => own?.slice(-50) ?? [],
  );
  const changeOf = ({ student_id, module }: ExpectedChange) => `${student_id}/${module}`;
  const studentOf = ({ student_id }: ExpectedAlert) => String(student_id);
  return [
    ...told("row of progress", compareBags(progress.rows, rows)),
    ...told("learning.progress event", compareInOrder(progress.changes, changesOn(log), changeOf)),
    ...told("struggle.detected event", compareInOrder(expected, alertsOn(log), studentOf)),
    ...told("row of struggle", compareBags(shown, alerts)),
  ];
}

function told(what: string, { missing, unexpected }: Difference): readonly string[] {
  return [
    ...(missing.length === 0 ? [] : [`${missing.length} ${what} missing, e.g. ${missing[0]}`]),
    ...(unexpected.length === 0 ? [] : [`${unexpected.length} ${what} not expected, e.g. ${unexpected[0]}`]),
  ];
}

/** The `learning.progress` events that the progress app emitted. */
export function changesOn(log: readonly LoggedEvent[]): readonly ExpectedChange[] {
  return emittedBy("progress", log).map(({ value }) => {
    const payload = value.payload as Omit<ExpectedChange, "student_id">;
    return { ...payload, student_id: value.student_id, previous_level: payload.previous_level };
  });
}

/** The alerts that the struggle app emitted. */
export function alertsOn(log: readonly LoggedEvent[]): readonly ExpectedAlert[] {
  return emittedBy("struggle", log).map(({ value }) => {
    const payload = value.payload as { trigger_type: string; severity: string; module?: string };
    const { trigger_type, severity, module = null } = payload;
    return { student_id: value.student_id, trigger_type, severity, module, atMs: Date.parse(value.timestamp) };
  });
}

/** What a projection emitted, without what its outbox published again. */
function emittedBy(projection: string, log: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const seen = new Set<string>();
  return log.filter(({ emission, value }) => {
    const name = `${value.student_id} ${emission}`;
    if (!emission?.startsWith(`${projection}#`) || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
