import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../command/command.js";
import type { Exit, Outcome } from "../command/outcome.js";
import type { HistoryLine } from "./history.js";
import { isWhole, type TraceReport, traceJson } from "./report.js";
import type { TraceRequest } from "./request.js";
import { openTrace } from "./session.js";
import { createLineWriter, footText, headText, hiddenText } from "./text.js";

/** Time between two reads of a followed log. */
const followEveryMs = 500;

/** Prints the history of one key. */
export async function runTrace(request: TraceRequest, { io, say }: Pick<Context, "io" | "say">): Promise<Outcome> {
  const startedMs = performance.now();
  const trace = await openTrace(request, io);
  const lines: HistoryLine[] = [...(await trace.first())];
  const write = createLineWriter(io);
  const hidden = lines.slice(0, Math.max(0, lines.length - request.printed));
  say(`${headText(trace.report([], 0))}${hiddenText(hidden)}${write(lines.slice(hidden.length))}`);
  while (request.follow && trace.hasTopics && !io.signal.aborted) {
    await sleep(followEveryMs, undefined, { signal: io.signal }).catch(() => undefined);
    const more = io.signal.aborted ? [] : await trace.next();
    say(write(more));
    lines.push(...more);
    lines.splice(0, Math.max(0, lines.length - request.limit));
  }
  const report = trace.report(lines, performance.now() - startedMs);
  return { exit: exitOf(report), text: `\n${footText(report, request.contractArgument)}`, json: traceJson(report) };
}

/** Never clean after a partial read. */
function exitOf(report: TraceReport): Exit {
  const { interrupted, lines } = report;
  if (interrupted) return "interrupted";
  if (!isWhole(report)) return "couldNotRun";
  return lines.some(({ marks }) => marks.some(({ isProblem }) => isProblem)) ? "problems" : "clean";
}
