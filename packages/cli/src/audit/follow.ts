import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterReport, RecordAudit, RecordReport } from "@keyline/proof";
import { harmless } from "@keyline/runtime/tools";
import type { Io } from "../io.js";
import { printable } from "../report/frame.js";
import { createAuditMetrics } from "./metrics.js";
import type { ParkedCount } from "./parked-counts.js";
import { culpritText } from "./report.js";
import { serveMetrics } from "./serve-metrics.js";

export interface FollowOptions {
  /** Opens the audit; tried again until it succeeds. */
  readonly open: () => Promise<RecordAudit>;
  readonly inspect: () => Promise<ClusterReport>;
  readonly parked: () => Promise<readonly ParkedCount[] | null>;
  /** 0 for a free one. */
  readonly port: number;
  /** Between the end of a step over the records and the next. */
  readonly everyMs: number;
}

/** Steps over the records for each inspection of the cluster, which costs a request for each partition and group. */
const stepsPerInspection = 6;

/** Audits new records, and serves metrics, until the signal fires. Resolves to the last report; null where there is none. */
export async function follow(options: FollowOptions, io: Io): Promise<RecordReport | null> {
  const metrics = createAuditMetrics();
  const server = await serveMetrics(metrics, options.port);
  io.log(`metrics: ${server.url}\n`);
  const printed = new Set<string>();
  let audit: RecordAudit | null = null;
  let last: RecordReport | null = null;
  try {
    for (let step = 0; !io.signal.aborted; step += 1) {
      try {
        audit ??= await options.open();
        last = await audit.step();
        metrics.records(last);
        printNew(last, printed, io);
        const inspected = step % stepsPerInspection === 0 && !io.signal.aborted;
        if (inspected) metrics.cluster(await options.inspect(), await options.parked());
        metrics.up(last.complete);
      } catch (caught) {
        metrics.up(false);
        io.log(`error: ${harmless(caught instanceof Error ? caught.message : String(caught))}; retrying\n`);
      }
      await sleep(options.everyMs, undefined, { signal: io.signal }).catch(() => undefined);
    }
  } finally {
    await server.close();
  }
  return last;
}

/** The first finding of each kind and producer gets a line; the metrics count the others. */
function printNew({ groups }: RecordReport, printed: Set<string>, io: Io): void {
  for (const group of groups) {
    const { kind, producer, examples, fix } = group;
    const name = `${kind} ${producer}`;
    const [first] = examples;
    if (printed.has(name) || !first) continue;
    printed.add(name);
    const at = `${first.topic}/${first.partition}@${first.offset}`;
    io.out(`${new Date().toISOString()} ${kind} ${at} ${printable(first.detail)}; ${culpritText(group)}: ${fix}\n`);
  }
}
