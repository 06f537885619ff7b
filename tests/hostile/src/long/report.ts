import type { Effects, Publishing } from "@student-events/chaos/kit";
import type { HostileOptions } from "../options.js";
import type { HostileFates } from "./hostile-fates.js";
import { floorMs, type WindowLatency } from "./latency.js";

/** What a run found. */
export interface HostileReport {
  readonly options: HostileOptions;
  /** The class's events in the logs. */
  readonly publishing: Publishing;
  /** What the apps made of them. */
  readonly effects: Effects;
  readonly hostile: readonly ({ readonly app: string } & HostileFates)[];
  /** Records that were noted, and those that a broker took. */
  readonly written: { readonly noted: number; readonly onLog: number };
  readonly batchesNotUnpacked: number;
  /** Topics of which an app's own counts are not those of the log. */
  readonly uncounted: readonly string[];
  readonly probes: { readonly sent: number; readonly missing: number; readonly twice: number };
  readonly latency: {
    readonly windows: readonly WindowLatency[];
    readonly ratios: readonly number[];
    readonly median: number;
  };
  readonly memory: {
    readonly boundMb: number;
    readonly peaks: readonly { readonly app: string; readonly peakMb: number }[];
  };
  /** Processes that ended by themselves, or not as asked. */
  readonly failures: readonly string[];
}

/** So many times as long a good event's latency may be while hostile records come. */
const mostTimes = 3;

/** What did not hold, a line for each; none where all did. */
export function broken(report: HostileReport): readonly string[] {
  const { publishing, effects, hostile, uncounted, probes, latency, memory, failures } = report;
  const { lost, duplicated, outOfOrder, unanswered } = publishing;
  const { twice, missing, unstable, overtaken } = effects;
  const zeros = {
    ...{ "events lost": lost, "events duplicated": duplicated, "events out of order": outOfOrder },
    ...{ "events without an answer": unanswered, "effects applied twice": twice, "effects missing": missing },
    ...{ "outputs out of order": unstable, "firings that overtook": overtaken },
    ...{ "answers to probes missing": probes.missing, "probes answered twice": probes.twice },
  };
  return [
    ...Object.entries(zeros).flatMap(([what, count]) => (count === 0 ? [] : [`${what}: ${count}`])),
    ...[...publishing.examples, ...effects.examples],
    ...hostile.flatMap(({ app, problems }) => problems.map((problem) => `${app}: ${problem}`)),
    ...hostile.flatMap(({ app, read }) => (read === 0 ? [`${app} read no hostile record`] : [])),
    ...uncounted,
    ...(latency.median <= mostTimes ? [] : [`latency: ${latency.median.toFixed(2)} times`]),
    ...(latency.windows.every(({ events }) => events > 0) ? [] : ["a window without probes"]),
    ...memory.peaks.flatMap(({ app, peakMb }) =>
      peakMb <= memory.boundMb ? [] : [`${app} took ${peakMb} MB, more than ${memory.boundMb}`],
    ),
    ...failures,
  ];
}

/** The report for eyes. */
export function textOf(report: HostileReport): string {
  const { options, publishing, effects, hostile, batchesNotUnpacked, probes, latency, memory } = report;
  const found = broken(report);
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([code, count]) => `${count} ${code}`)
      .join(", ");
  const table: readonly (readonly [string, unknown])[] = [
    ["good events", `${publishing.acknowledged} acknowledged of ${publishing.called}`],
    ["outputs of the apps", effects.outputs],
    ["probes", probes.sent],
    ...hostile.map(({ app, read, refused }) => [`hostile at ${app}`, `${read}: ${listed(refused)}`] as const),
    ["hostile records on the logs", `${report.written.onLog} of ${report.written.noted}`],
    ["batches not unpacked", batchesNotUnpacked],
    ...memory.peaks.map(({ app, peakMb }) => [`peak memory of ${app}`, `${peakMb} of ${memory.boundMb} MB`] as const),
    ["99th percentiles, without, with, ...", latency.windows.map(({ p99Ms }) => `${p99Ms} ms`).join(", ")],
    [`ratios (at least ${floorMs} ms below)`, latency.ratios.map((ratio) => ratio.toFixed(2)).join(", ")],
    ["their median", `${latency.median.toFixed(2)}, at most ${mostTimes}`],
  ];
  return [
    `hostile: ${options.minutes} min, seed ${options.seed}`,
    ...table.map(([name, value]) => `  ${name.padEnd(40)} ${value}`),
    ...found.slice(0, 40).map((line) => `  FOUND: ${line}`),
    ...(found.length > 40 ? [`  and ${found.length - 40} more`] : []),
    found.length === 0 ? "all held" : "NOT all held",
  ].join("\n");
}
