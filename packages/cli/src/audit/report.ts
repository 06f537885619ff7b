import type {
  ClusterFinding,
  ClusterReport,
  FindingGroup,
  NotJudged,
  ProducerReport,
  RecordReport,
} from "@keyline/proof";
import { spanText } from "../cluster/moment.js";
import type { Exit } from "../command/outcome.js";
import { colorsOf, type Io } from "../io.js";
import { counted, countText } from "../report/counted.js";
import { nameText, printable } from "../report/frame.js";
import { timeText } from "../report/progress.js";
import type { ParkedCount } from "./parked-counts.js";

/** Everything that an audit found. */
export interface AuditReport {
  readonly file: string;
  /** Its brokers. */
  readonly cluster: string;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  /** Whether records that are not judged count as not read. */
  readonly strict: boolean;
  readonly records: RecordReport;
  readonly inspected: ClusterReport;
  /** Null where the store could not be read. */
  readonly parked: readonly ParkedCount[] | null;
}

const isFinding = ({ severity }: { readonly severity: string }) => severity === "finding";

/** Whether everything was read. */
const isWhole = ({ strict, records, inspected, parked }: AuditReport) =>
  records.complete && inspected.unseen.length === 0 && parked !== null && !(strict && records.notJudged.length > 0);

const findingsOf = ({ records, inspected }: AuditReport) =>
  records.findings + inspected.findings.filter(isFinding).length;

/** Never clean after a partial read. */
export function auditExit(report: AuditReport): Exit {
  if (report.records.interrupted) return "interrupted";
  if (!isWhole(report)) return "couldNotRun";
  return findingsOf(report) > 0 ? "problems" : "clean";
}

/** The report as `--json` prints it; docs/commands/audit.md says what each field means. */
export function auditJson(report: AuditReport) {
  const { file, cluster, sinceMs = null, untilMs = null, records, inspected, parked } = report;
  return {
    ...{ file, brokers: cluster, sinceMs, untilMs, complete: isWhole(report) },
    findings: findingsOf(report),
    ...{ records, cluster: inspected, parked },
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** How many groups of findings, and producers, are shown: the rest is in `--json`. */
const most = 20;

/** One group of each kind at least, then the first; in their order. */
function shownGroups(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  const ofEachKind = new Map(groups.toReversed().map((group) => [group.kind, group]));
  const others = groups.filter((group) => ofEachKind.get(group.kind) !== group);
  const shown = new Set([...ofEachKind.values(), ...others.slice(0, Math.max(0, most - ofEachKind.size))]);
  return groups.filter((group) => shown.has(group));
}

const namedKinds = 5;

/** `17 more groups (cause-missing 2, key-mismatch 1, …): --json`. */
function moreGroupsText(hidden: readonly FindingGroup[]): string {
  if (hidden.length === 0) return "";
  const kinds = [...Map.groupBy(hidden, ({ kind }) => kind)].map(([kind, some]) => `${kind} ${countText(some.length)}`);
  const names = [...kinds.slice(0, namedKinds), ...(kinds.length > namedKinds ? ["…"] : [])];
  return `${counted(hidden.length, "more group")} (${names.join(", ")}): pass --json\n`;
}

const moreProducersText = (hidden: number): string =>
  hidden <= 0 ? "" : `  ${counted(hidden, "more producer")}: pass --json\n`;

/** The report for eyes; its last line is the culprit of most of it, and what to do. */
export function auditText(report: AuditReport, io: Io): string {
  const { records, inspected, parked } = report;
  const groups = shownGroups(records.groups);
  const hidden = records.groups.filter((group) => !groups.includes(group));
  const several = new Set(records.producers.map(({ domain }) => domain)).size > 1;
  const parts = [
    headText(report),
    sectionText("Records", groups, (group) => groupText(group, io)) + moreGroupsText(hidden),
    sectionText("Cluster", mergedFindings(inspected.findings), (finding) => clusterText(finding, io)),
    sectionText("Producers", records.producers.slice(0, most), (one) => producerText(one, several)) +
      moreProducersText(records.producers.length - most),
    sectionText("Groups", inspected.groups, (group) => {
      const { groupId, state, assignor, members, lagRecords, lagSeconds } = group;
      const lag =
        lagRecords === 0 ? "no lag" : `${counted(lagRecords, "record")}, ${timeText(lagSeconds * 1000)} behind`;
      return `  ${groupId}  ${state}${assignor === "" ? "" : `, ${assignor}`}, ${counted(members, "member")}, ${lag}`;
    }),
    sectionText("Dead letters", inspected.deadLetters, (one) => `  ${one.topic}  ${countText(one.records)}`),
    sectionText(
      "Parked",
      parked ?? [],
      (one) => `  ${one.app}  ${counted(one.events, "event")} of ${counted(one.keys, "key")}: keyline parked list`,
    ),
    sectionText("Not judged", records.notJudged, notJudgedText),
    uncoveredText(report),
    `${lastLine(report)}\n`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function sectionText<Item>(title: string, items: readonly Item[], lineOf: (item: Item) => string): string {
  return items.length === 0 ? "" : `${title}\n${items.map(lineOf).join("\n")}\n`;
}

function headText({ file, cluster, records }: AuditReport): string {
  const perSecond = Math.round(records.records / Math.max(records.elapsedMs / 1000, 0.001));
  const took = `${timeText(records.elapsedMs)} (${countText(perSecond)}/s)`;
  const again =
    records.redeliveries === 0 ? "" : `, ${counted(records.redeliveries, "replayed dead letter")} among them`;
  return `${file} against ${cluster}: ${counted(records.records, "record")} of ${counted(records.topics.length, "topic")} in ${took}${again}\n`;
}

const percent = (share: number) =>
  `${share * 100 < 0.1 ? (share * 100).toPrecision(1) : Number((share * 100).toFixed(1))} %`;

function groupText(group: FindingGroup, io: Io): string {
  const colors = colorsOf(io);
  const { kind, promise, severity, producer, count, share, topics, examples, title, culprit, fix } = group;
  const { firstMs, lastMs } = group;
  const paint = severity === "finding" ? colors.red : colors.yellow;
  const noun = count === 1 ? "record" : "records";
  const where = topics.slice(0, 4).map((one) => `${one.topic} ${countText(one.count)}`);
  const more = topics.length > 4 ? [`${topics.length - 4} more topics`] : [];
  return [
    `${paint(kind)} ${promise === null ? "" : `(${promise}) `}${countText(count)} ${noun} of ${nameText(producer)}, ${percent(share)} of what it wrote: ${title}`,
    `  in    ${[...where, ...more].join(", ")}`,
    `  when  ${spanText(firstMs, lastMs)}`,
    ...examples.slice(0, 1).map((one) => {
      const payload = one.payload === undefined ? "" : `\n        ${printable(one.payload)}`;
      return `  e.g.  ${one.topic}/${one.partition}@${one.offset}  ${printable(one.detail)}${payload}`;
    }),
    ...(culprit === producer ? [] : [`  from  ${culpritText(group)}`]),
    `  do    ${fix}`,
  ].join("\n");
}

/** A culprit's text begins with its name. */
export const culpritText = ({ producer, culprit }: Pick<FindingGroup, "producer" | "culprit">): string =>
  culprit.startsWith(producer)
    ? `${nameText(producer)}${printable(culprit.slice(producer.length))}`
    : printable(culprit);

type MergedFinding = ClusterFinding & { readonly subjects: readonly string[] };

/** The same about many topics is said once. */
function mergedFindings(findings: readonly ClusterFinding[]): readonly MergedFinding[] {
  const same = Map.groupBy(findings, ({ kind, detail, fix }) => JSON.stringify([kind, detail, fix]));
  return [...same.values()].flatMap((some) => {
    const [first] = some;
    return first ? [{ ...first, subjects: some.map(({ subject }) => subject) }] : [];
  });
}

function clusterText({ kind, promise, severity, detail, fix, subjects }: MergedFinding, io: Io): string {
  const colors = colorsOf(io);
  const paint = severity === "finding" ? colors.red : colors.yellow;
  const names =
    subjects.length > 4 ? `${subjects.slice(0, 3).join(", ")} and ${subjects.length - 3} more` : subjects.join(", ");
  return `${paint(kind)} ${promise === null ? "" : `(${promise}) `}${names}: ${printable(detail)}\n  do    ${fix}`;
}

function producerText(
  { name, domain, records, strays, usual, placements, sampledKeys }: ProducerReport,
  several: boolean,
) {
  // Few strays say little of all the others; few keys in all may say less than those that stray.
  const { placements: found, sampledKeys: keys } = usual.placements.length > 0 ? usual : { placements, sampledKeys };
  const [first] = found;
  const by = first
    ? `${first.placement}${found.length > 1 ? " and others" : ""}, by ${counted(keys, "key")}`
    : "partitioner unknown";
  const where = several ? ` on ${domain ?? "topics without a domain"}` : "";
  return `  ${countText(records).padStart(11)}  ${nameText(name)}${where}  ${by}${strays === 0 ? "" : `, ${countText(strays)} misplaced`}`;
}

const notJudgedText = ({ topic, reason, records }: NotJudged) =>
  `  ${topic}  ${counted(records, "record")}: ${printable(reason)}`;

const shownUncovered = 5;

function uncoveredText({ records, inspected, parked }: AuditReport): string {
  const lines = [
    ...records.refused.map(({ topic, reason }) => `  ${topic}: ${reason}`),
    ...records.uncovered
      .slice(0, shownUncovered)
      .map(
        ({ topic, partition, from, to, reason }) =>
          `  ${topic}/${partition} from ${from} to ${to}: ${printable(reason)}`,
      ),
    ...(records.uncovered.length > shownUncovered
      ? [`  and ${records.uncovered.length - shownUncovered} more parts`]
      : []),
    ...inspected.unseen.map((text) => `  ${printable(text)}`),
    ...(parked === null ? ["  parked events: the database could not be read"] : []),
  ];
  return lines.length === 0 ? "" : `Not read\n${lines.join("\n")}\n`;
}

/** The verdict: clean, or whose fault most of it is and what to do. */
function lastLine(report: AuditReport): string {
  const { records, inspected } = report;
  const total = findingsOf(report);
  const partly = records.interrupted ? "interrupted: " : isWhole(report) ? "" : "of what could be read: ";
  const window = `ids compared with those of the latest ${countText(records.duplicateWindow)} events`;
  if (total === 0) return `${partly}no findings; ${window}`;
  const [worst] = records.groups.filter(isFinding);
  const [fault] = inspected.findings.filter(isFinding);
  const noun = total === 1 ? "finding" : "findings";
  const counted = `${partly}${countText(total)} ${noun}; ${window}`;
  if (worst) return `${counted}\nfirst: ${nameText(worst.producer)}, ${worst.kind}: ${worst.fix}`;
  return fault ? `${counted}\nfirst: ${fault.subject}, ${fault.kind}: ${fault.fix}` : counted;
}
