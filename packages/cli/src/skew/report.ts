import type { SkewReport, TimeSpan, WhatIf } from "@keyline/proof";
import type { Exit } from "../command/outcome.js";
import { bytesText } from "../report/bytes.js";
import { counted, countText } from "../report/counted.js";
import { printable } from "../report/frame.js";
import { timeText } from "../report/progress.js";

/** How the command was called. */
export interface SkewCall {
  readonly file: string;
  readonly brokers: string;
  readonly limit: number;
}

/** Whether everything was read: a topic that is not there was not. */
const isWhole = ({ complete, missing }: SkewReport) => complete && missing.length === 0;

/** Never clean after a partial read. */
export function skewExit(report: SkewReport, limit: number): Exit {
  if (report.interrupted) return "interrupted";
  if (!isWhole(report)) return "couldNotRun";
  return report.maxOverMean > limit ? "problems" : "clean";
}

/** The report as `--json` prints it; docs/commands/skew.md says what each field means. */
export const skewJson = (report: SkewReport, call: SkewCall) => ({
  ...{ ...call, ...report, complete: isWhole(report) },
  peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
});

/** The report where none of the topics is on the cluster; `contract` is the file as an argument. */
export const nowhereText = ({ domain, missing }: SkewReport, { brokers }: SkewCall, contract: string): string =>
  `nothing was read: ${brokers} has no topic of ${domain}: not on the cluster: ${missing.join(", ")}\nCreate them with keyline topics apply${contract}, or name another cluster with --brokers\n`;

/** The report for eyes. */
export function skewText(report: SkewReport, call: SkewCall, columns = widest): string {
  const { domain, records, bytes, lanes, partitioner, elapsedMs, missing, unkeyed } = report;
  const head = `${domain} on ${call.brokers}: ${counted(records, "record")}, ${bytesText(bytes)}, on ${counted(lanes.length, "lane")} by ${partitioner}, read in ${timeText(elapsedMs)}`;
  const parts = [
    head,
    ...(missing.length === 0 ? [] : [`not on the cluster: ${missing.join(", ")}`]),
    ...(unkeyed === 0 ? [] : [`${counted(unkeyed, "record")} without a key, on any lane`]),
    lanesText(report, barOf(columns)),
    hotKeysText(report, barOf(columns)),
    overTimeText(report.overTime),
    whatIfText(report),
    uncoveredText(report),
    lastLine(report, call.limit),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** So wide are the widest lines with bars. */
const widest = 80;
const bars = { longest: 30, shortest: 4 };

/** Draws shares; bars are what gives way on a narrow terminal. */
function barOf(columns: number): (share: number) => string {
  const width = Math.max(bars.shortest, bars.longest - Math.max(0, widest - columns));
  return (share) => {
    const eighths = Math.round(Math.min(1, share) * width * 8);
    const partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
    return `${"█".repeat(Math.floor(eighths / 8))}${partial}`.padEnd(width);
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(7);

function lanesText({ lanes, records }: SkewReport, bar: (share: number) => string): string {
  const most = Math.max(1, ...lanes.map((lane) => lane.records));
  const lines = lanes.map(({ partition, records: some, bytes }) => {
    const share = records === 0 ? 0 : some / records;
    return `  ${String(partition).padStart(4)}  ${bar(some / most)} ${countText(some).padStart(12)} ${percent(share)}  ${bytesText(bytes)}`;
  });
  return ["Lanes: records, share, bytes", ...lines].join("\n");
}

function hotKeysText({ hotKeys, records, errorBound, topShare }: SkewReport, bar: (share: number) => string): string {
  const [first] = hotKeys;
  if (!first) return "";
  const exact = errorBound === 0 ? "exact" : `no count is too high by more than ${countText(errorBound)}`;
  const lines = hotKeys.map(({ key, weight }) => {
    const name = printable(key.length > 20 ? `${key.slice(0, 19)}…` : key).padEnd(20);
    return `  ${name} ${bar(weight / first.weight)} ${countText(weight).padStart(12)} ${percent(weight / records)}`;
  });
  return [
    `Hot keys: records, share (${exact})`,
    ...lines,
    `  together ${errorBound === 0 ? "" : "at most "}${percent(topShare).trim()} of all records`,
  ].join("\n");
}

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Records of a span, for each lane: below that chance alone makes lanes uneven. */
const tellingPerLane = 20;

/** How busy each span was, and how uneven its lanes. */
function overTimeText(spans: readonly TimeSpan[]): string {
  const [first] = spans;
  if (!first || spans.length < 2) return "";
  const totals = spans.map(({ loads }) => loads.reduce((sum, load) => sum + load, 0));
  const most = Math.max(...totals);
  const line = totals.map((total) => levels[Math.min(7, Math.floor((total / most) * 8))] ?? "").join("");
  const uneven = spans.flatMap(({ loads, fromMs }, index) => {
    const total = totals[index] ?? 0;
    // A handful of records says nothing about lanes.
    return total < Math.max(most / 10, tellingPerLane * loads.length)
      ? []
      : [{ fromMs, ratio: (Math.max(...loads) * loads.length) / total }];
  });
  const worst = uneven.toSorted((one, other) => other.ratio - one.ratio)[0];
  const last = spans.at(-1) ?? first;
  const columnMs = first.toMs - first.fromMs;
  const at = (ms: number) => momentText(ms, columnMs);
  return [
    `Over time (${timeText(columnMs)} a column, ${at(first.fromMs)} to ${at(last.toMs)})`,
    `  ${line}`,
    ...(worst
      ? [`  most uneven from ${at(worst.fromMs)}: the busiest lane had ${worst.ratio.toFixed(2)} times the mean`]
      : []),
  ].join("\n");
}

/** A moment as finely as columns of that width need. */
const momentText = (ms: number, columnMs: number) =>
  new Date(ms)
    .toISOString()
    .slice(0, columnMs < 60_000 ? 19 : 16)
    .replace("T", " ");

function whatIfText({ whatIf, hotKeys, records, partitioner, lanes }: SkewReport): string {
  if (records === 0) return "";
  const partitioners = [...new Set(whatIf.map((one) => one.partitioner))];
  const counts = [...new Set(whatIf.map((one) => one.partitions))];
  const cell = (found: WhatIf | undefined) =>
    found ? `${found.maxOverMean.toFixed(2)} (${percent(found.busiestShare).trim()})` : "";
  const rows = counts.map((count) => {
    const cells = partitioners.map((name) => {
      const isNow = name === partitioner && count === lanes.length;
      const text = cell(whatIf.find((one) => one.partitioner === name && one.partitions === count));
      return `${text}${isNow ? " now" : ""}`.padEnd(20);
    });
    return `  ${String(count).padStart(10)}  ${cells.join("")}`.trimEnd();
  });
  const head = `  partitions  ${partitioners.map((name) => name.padEnd(20)).join("")}`.trimEnd();
  return [
    "What if: the busiest lane's records as a multiple of the mean (its share)",
    head,
    ...rows,
    ...oneKeyText(hotKeys, records, counts),
  ].join("\n");
}

/** What no partition count and no partitioner can change. */
function oneKeyText(hotKeys: SkewReport["hotKeys"], records: number, counts: readonly number[]): readonly string[] {
  const [first] = hotKeys;
  if (!first) return [];
  const share = (first.weight - first.error) / records;
  const most = Math.max(...counts);
  if (share * most <= 1) return [];
  return [
    `  key ${printable(first.key.slice(0, 40))} alone has ${percent(share).trim()}: on ${most} partitions its lane has at least ${(share * most).toFixed(1)} times the mean, whatever the partitioner: more partitions cannot help there`,
  ];
}

function uncoveredText({ uncovered, refused }: SkewReport): string {
  const lines = [
    ...refused.map(({ topic, reason }) => `  ${topic}: ${printable(reason)}`),
    ...uncovered
      .slice(0, 5)
      .map((one) => `  ${one.topic}/${one.partition} from ${one.from} to ${one.to}: ${printable(one.reason)}`),
    ...(uncovered.length > 5 ? [`  and ${uncovered.length - 5} more parts`] : []),
  ];
  return lines.length === 0 ? "" : ["Not read", ...lines].join("\n");
}

function lastLine(report: SkewReport, limit: number): string {
  const { maxOverMean, lanes, interrupted } = report;
  const busiest = lanes.reduce((one, other) => (other.records > one.records ? other : one), lanes[0] ?? noLane);
  const partly = isWhole(report) ? "" : interrupted ? "interrupted: " : "of what could be read: ";
  const verdict = maxOverMean > limit ? `above the limit of ${limit}` : `within the limit of ${limit}`;
  return `${partly}the busiest lane, ${busiest.partition}, has ${maxOverMean.toFixed(2)} times the mean, ${verdict}`;
}

const noLane = { partition: 0, records: 0, bytes: 0 };
