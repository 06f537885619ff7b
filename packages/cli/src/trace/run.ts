import { setTimeout as sleep } from "node:timers/promises";
import type { Topics, Transport } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import type { HistoryLine } from "./history.js";
import type { ReadParked } from "./parked.js";
import { isWhole, type TraceReport, traceJson } from "./report.js";
import { openTrace } from "./session.js";
import { createLineWriter, footText, headText } from "./text.js";

/** Whose history is told, from where, and how. */
export interface TraceRequest {
  readonly transport: Transport;
  /** The domain's topics. */
  readonly topics: Topics;
  readonly domain: DomainDescriptor;
  /** The canonical key. */
  readonly key: string;
  /** As it was spelt in the question. */
  readonly askedKey: string;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly everywhere: boolean;
  readonly follow: boolean;
  readonly showPayload: boolean;
  readonly json: boolean;
  /** Events that are kept of each partition at most, the newest. */
  readonly limit: number;
  readonly waitMs: number;
  readonly gapMs: number;
  /** How commands that are printed name the contract: empty where they find it by themselves. */
  readonly contractArgument: string;
  /** Null where no store is known. */
  readonly readParked: ReadParked | null;
}

/** How often a followed log is looked at. */
const followEveryMs = 500;

/** Tells the history of one key. Resolves to the exit code. */
export async function runTrace(request: TraceRequest, io: Io): Promise<number> {
  const startedMs = performance.now();
  const trace = await openTrace(request, io);
  const lines: HistoryLine[] = [...(await trace.first())];
  const write = createLineWriter(io);
  if (!request.json) io.out(`${headText(trace.report([], 0))}${write(lines)}`);
  while (request.follow && trace.hasTopics && !io.signal.aborted) {
    await sleep(followEveryMs, undefined, { signal: io.signal }).catch(() => undefined);
    const more = io.signal.aborted ? [] : await trace.next();
    if (!request.json) io.out(write(more));
    lines.push(...more);
    lines.splice(0, Math.max(0, lines.length - request.limit));
  }
  const report = trace.report(lines, performance.now() - startedMs);
  io.out(
    request.json
      ? `${JSON.stringify(traceJson(report), null, 2)}\n`
      : `\n${footText(report, request.contractArgument)}`,
  );
  return exitCodeOf(report);
}

/** A partial read is no clean one, whatever it found. */
function exitCodeOf(report: TraceReport): number {
  const { interrupted, lines } = report;
  if (interrupted) return exitCodes.interrupted;
  if (!isWhole(report)) return exitCodes.couldNotRun;
  return lines.some(({ marks }) => marks.some(({ isFinding }) => isFinding)) ? exitCodes.findings : exitCodes.clean;
}
