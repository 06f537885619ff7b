import type { Topics, Transport } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";
import { planScan, type ScanProgress, scan } from "../scan/index.js";
import { createAuditor } from "./auditor.js";
import type { NotJudged, RecordFinding, RecordReport } from "./report.js";

/** Which records are audited, and how. */
export interface AuditOptions {
  readonly topics: Topics;
  /** Addresses of the topics to read. Default all that have no parameters. */
  readonly only?: readonly string[] | undefined;
  /** Topics whose records are counted but not checked, each with the reason. Default none. */
  readonly notJudged?: readonly Omit<NotJudged, "records">[] | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /**
   * Each id is compared with those of at least this many latest events. Default 1,000,000, for which the table takes
   * 101 MB.
   */
  readonly duplicateWindow?: number | undefined;
  /** Whether findings contain payloads. Default false: they contain ids and keys only. */
  readonly showPayload?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: ScanProgress) => void) | undefined;
  /** Called with each finding. */
  readonly finding?: ((finding: RecordFinding) => void) | undefined;
}

/** The default of `duplicateWindow`, a number of events. */
export const defaultDuplicateWindow = 1_000_000;

/** Topics that can be read without values for the parameters of their address. */
export const readableTopics = (topics: Topics): readonly string[] =>
  Object.values(topics)
    .filter(({ parameters }) => parameters.length === 0)
    .map(({ address }) => address);

/**
 * Checks every record of the topics against their contract. Parts that could not be read are in the report, which is
 * then incomplete. Rejects if the cluster cannot be reached at all.
 */
export async function auditRecords(transport: Transport, options: AuditOptions): Promise<RecordReport> {
  return (await openRecordAudit(transport, options)).step();
}

/** An audit that continues; its report covers all steps. */
export interface RecordAudit {
  /**
   * Reads the records since the last step, and retries parts that could not be read. Rejects as {@link auditRecords}
   * does.
   */
  step(): Promise<RecordReport>;
}

/** Begins an audit; the first step reads from the requested time on. */
export async function openRecordAudit(transport: Transport, options: AuditOptions): Promise<RecordAudit> {
  const { topics, sinceMs, untilMs, signal, progress, duplicateWindow = defaultDuplicateWindow } = options;
  const { notJudged = [] } = options;
  // Invariant: every record below `positions` of its partition, from the time that was asked for, was audited once;
  // `partitionCounts` is what the cluster said last.
  const partitionCounts = new Map<string, number>();
  const positions = new Map<string, number>();
  const auditor = createAuditor({
    ...{ topics, partitionCounts, duplicateWindow, showPayload: options.showPayload ?? false },
    ...{ clusterId: await transport.clusterId(), finding: options.finding },
  });
  return {
    async step() {
      const plan = await planScan(transport, { topics: options.only ?? readableTopics(topics), sinceMs, untilMs });
      for (const [topic, count] of plan.partitionCounts) partitionCounts.set(topic, count);
      const ranges = plan.ranges
        .map((range) => ({ ...range, from: Math.max(range.from, positions.get(nameOf(range)) ?? 0) }))
        .filter(({ from, to }) => to > from);
      for (const { topic, partition, to } of ranges) auditor.reaches(topic, partition, to);
      const { elapsedMs, uncovered, interrupted } = await scan(transport, ranges, {
        ...{ signal, progress },
        batch(batch) {
          auditor.batch(batch);
          positions.set(nameOf(batch), batch.nextOffset);
          return auditor.isFull() ? auditor.settle(transport) : undefined;
        },
      });
      await auditor.settle(transport);
      const complete = uncovered.length === 0 && plan.refused.length === 0;
      const { missing, refused } = plan;
      return {
        ...auditor.report(),
        ...{ elapsedMs, complete, interrupted, uncovered, missing, refused, duplicateWindow },
        notJudged: interrupted ? [] : await countRecords(transport, notJudged, { sinceMs, untilMs }),
      };
    },
  };
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** How many records of topics lie in a span, by the offsets alone: nothing is read. A topic that is not there is left out. */
async function countRecords(
  transport: Transport,
  topics: readonly Omit<NotJudged, "records">[],
  span: Pick<AuditOptions, "sinceMs" | "untilMs">,
): Promise<readonly NotJudged[]> {
  if (topics.length === 0) return [];
  const { ranges, partitionCounts } = await planScan(transport, { ...span, topics: topics.map(({ topic }) => topic) });
  const counts = new Map<string, number>([...partitionCounts.keys()].map((topic) => [topic, 0]));
  for (const { topic, from, to } of ranges) counts.set(topic, (counts.get(topic) ?? 0) + to - from);
  return topics.flatMap((one) => {
    const records = counts.get(one.topic);
    return records === undefined ? [] : [{ ...one, records }];
  });
}
