import { durationText } from "../cluster/moment.js";
import { colorsOf, type Io } from "../io.js";
import { counted } from "../report/counted.js";
import { nameText, printable } from "../report/frame.js";
import type { HistoryLine, Mark } from "./history.js";
import { positionText } from "./merge.js";
import { summaryOf, type TraceReport } from "./report.js";

/** `key 42 of students: lane 5 of 12, since 2026-11-25T04:00:00.000Z`. */
export function headText(report: Omit<TraceReport, "lines">): string {
  const { key, askedKey, domain, lane, sinceMs, untilMs, everywhere, isPlanned } = report;
  const nowhere = isPlanned ? "no topic on the cluster" : "lane not known yet";
  const where = lane === null ? nowhere : `lane ${lane.partition} of ${lane.of}`;
  const since = sinceMs === null ? "" : `, since ${new Date(sinceMs).toISOString()}`;
  const until = untilMs === null ? "" : `, until ${new Date(untilMs).toISOString()}`;
  const asked = askedKey === key ? "" : ` (asked for as ${printable(askedKey)})`;
  return `key ${printable(key)}${asked} of ${domain}: ${where}${everywhere ? ", all partitions read" : ""}${since}${until}\n\n`;
}

/** `17 earlier events (2 with problems) are not shown: pass --all`. */
export function hiddenText(hidden: readonly HistoryLine[]): string {
  if (hidden.length === 0) return "";
  const faulty = hidden.filter(({ marks }) => marks.some(({ isProblem }) => isProblem)).length;
  const problems = faulty === 0 ? "" : ` (${faulty} with problems)`;
  return `${counted(hidden.length, "earlier event")}${problems} not shown: pass --all\n\n`;
}

/** Heads of the columns. */
const heads = { time: "time", place: "position", message: "message", source: "producer", cause: "cause" } as const;

/**
 * Writes lines of history, one after the other, below heads: columns grow with what they hold, and a mark with the same words
 * as the line before is shown by its id alone.
 *
 * Invariant: `widths` fit every line so far, and `day` and `marksBefore` are the last line's; `day` is null before the first.
 */
export function createLineWriter(io: Io): (lines: readonly HistoryLine[]) => string {
  const widths = { place: heads.place.length, message: heads.message.length, source: heads.source.length };
  let day: string | null = null;
  let marksBefore = "";
  return (lines) => {
    const rows = lines.map((line) => ({ line, ...cellsOf(line) }));
    const isFirst = day === null && rows.length > 0;
    for (const column of ["place", "message", "source"] as const) {
      widths[column] = Math.min(40, Math.max(widths[column], ...rows.map((row) => row[column].length)));
    }
    const padded = ({ place, message, source }: Readonly<Record<keyof typeof widths, string>>) => [
      ...[place.padEnd(widths.place), message.padEnd(widths.message), source.padEnd(widths.source)],
    ];
    const head = ["  ", heads.time.padEnd(12), "  ", [...padded(heads), heads.cause].join("  "), "\n"].join("");
    const text = rows
      .map(({ line, ...row }) => {
        const [date = "", time = ""] = new Date(line.event.timestampMs).toISOString().split("T");
        const heading = date === day ? "" : `${colorsOf(io).dim(date)}\n`;
        day = date;
        const cells = [time.replace("Z", ""), ...padded(row)];
        const marks = line.marks.map((mark) => markText(mark, io)).join("");
        const isAsBefore = marks !== "" && marks === marksBefore;
        marksBefore = marks;
        const ids = isAsBefore ? line.marks.map((mark) => signText(mark, io)) : [];
        const text = `${[...cells, causeText(line), ...ids].join("  ").trimEnd()}\n`;
        return `${gapText(line, io)}${heading}  ${text}${payloadText(line)}${isAsBefore ? "" : marks}`;
      })
      .join("");
    return `${isFirst ? colorsOf(io).dim(head) : ""}${text}`;
  };
}

function cellsOf({ event }: HistoryLine) {
  const found = { record: "", "dead-letter": " (dead letter)", parked: " (parked)" }[event.foundAs];
  return {
    place: `${positionText(event)}${found}`,
    message: printable(event.message ?? "?"),
    source: nameText(event.source ?? "-"),
  };
}

function causeText({ cause }: HistoryLine): string {
  if (!cause) return "";
  const how = cause.by === "correlation" ? "same flow as" : cause.exact ? "after" : "behind";
  return `${how} ${positionText(cause)} ${cause.elapsedMs < 0 ? "" : "+"}${durationText(cause.elapsedMs)}`;
}

/** With `--show-payload` alone. */
function payloadText({ event: { payload } }: HistoryLine): string {
  if (!payload) return "";
  if ("omittedBytes" in payload) return `      (${counted(payload.omittedBytes, "byte")}, too large to show)\n`;
  return `      ${printable(JSON.stringify(payload.value))}\n`;
}

function gapText({ marks }: HistoryLine, io: Io): string {
  const gap = marks.find(({ id }) => id === "trace-gap");
  return gap ? colorsOf(io).dim(`  ··· ${gap.text}\n`) : "";
}

function markText(mark: Mark, io: Io): string {
  return mark.id === "trace-gap" ? "" : `      ${signText(mark, io)}  ${printable(mark.text)}\n`;
}

/** `! wrong_partition`. */
function signText({ id, isProblem }: Mark, io: Io): string {
  const colors = colorsOf(io);
  return isProblem ? colors.red(`! ${id}`) : colors.yellow(`~ ${id}`);
}

const noSourceText = "producer -: the record does not name its producer";
const behindText = "behind X: its header names another key's record, and X is this key's newest event before that";

/** Sums, what was not read, and what to run next. */
export function footText(report: TraceReport, contractArgument: string): string {
  const { domain, lane, lines, leftOut, missing, notRead, notTraced, interrupted, isPlanned, read, everywhere } =
    report;
  if (!isPlanned) return "interrupted before anything was read\n";
  const isNowhere = lane === null && missing.length > 0;
  const { events, deadLettered, parked, misplaced } = summaryOf(report);
  const parts = [
    counted(events, "event"),
    ...(deadLettered > 0 ? [`${deadLettered} dead-lettered`] : []),
    ...(parked > 0 ? [`${parked} parked`] : []),
    ...(misplaced > 0 ? [`${misplaced} misplaced`] : []),
  ];
  const cost = `${counted(read.records, "record")} of ${counted(read.partitions, "partition")} read in ${durationText(read.ms)}`;
  const [first] = lines.flatMap(({ marks }) => marks.filter(({ isProblem }) => isProblem));
  return [
    ...(leftOut > 0 ? [`${counted(leftOut, "earlier event")} left out: pass --until, or a higher --limit`] : []),
    ...missing.map((topic) => `not on the cluster: ${topic}`),
    ...notRead.map(({ what, code, message }) => `not read: ${what}: ${code}: ${printable(message)}`),
    ...notTraced.map(({ topic, reason }) => `not traced: ${topic}, which is in no domain: ${printable(reason)}`),
    ...(interrupted ? ["interrupted: this is what was found so far"] : []),
    ...(lines.some(({ event }) => event.source === null) ? [noSourceText] : []),
    ...(lines.some(({ cause }) => cause?.exact === false) ? [behindText] : []),
    `${parts.join(", ")}; ${cost}`,
    ...(first ? [`Read more: keyline explain ${first.id}`] : []),
    ...(isNowhere
      ? [
          `nothing was read: the cluster has no topic of ${domain}`,
          `Create them with keyline topics apply${contractArgument}, or name another cluster with --brokers`,
        ]
      : []),
    ...(events === 0 && !everywhere && lane !== null
      ? ["Nothing here? --everywhere reads the other partitions too"]
      : []),
    "",
  ].join("\n");
}
