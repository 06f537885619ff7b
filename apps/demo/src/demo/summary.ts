import { firstStudentId, secondStudentId } from "@student-events/classroom";
import { levelLine } from "../live/render.js";
import type { DemoOptions } from "../options.js";
import type { Evidence, Handling, Verdict } from "../verify/verdict.js";
import { type Latency, latencyOf, summarise } from "./latency.js";
import type { RunningClass } from "./run-class.js";

const triggers = ["same_error_3x", "failed_executions_5x", "quiz_fail", "explicit_help", "stuck_10min"] as const;

/** What is printed at the end, line by line. */
export function summaryLines(
  options: DemoOptions,
  run: RunningClass,
  { evidence, verdict, colours }: { readonly evidence: Evidence; readonly verdict: Verdict; readonly colours: boolean },
): readonly string[] {
  const { published, logged, apps, outOfOrder, twice, findings } = verdict;
  const answers = logged - apps.progress.readable;
  return [
    "",
    "verified by an independent calculation from the log and the tables:",
    "",
    `  published   ${published} events of ${run.model.students.size} students (seed ${options.seed}); ${logged} in the log, ${answers} of them answers that no app reads`,
    `  handled     progress ${handledText(apps.progress)}, struggle ${handledText(apps.struggle)}`,
    `  order       ${outOfOrder} events out of order`,
    `  once        ${twice} events applied twice`,
    `  alerts      ${latencyText(latencies(run, () => true))}`,
    ...triggers.map((name) => `    ${name.padEnd(22)}${latencyText(latencies(run, (trigger) => trigger === name))}`),
    `  mastery     ${levelLine(
      evidence.rows.map((row) => row.mastery_level),
      colours,
    )}`,
    ...scriptLines(evidence),
    "",
    ...verdictLines(findings),
  ];
}

function handledText({ handled, readable }: Handling): string {
  return `${handled} of ${readable}`;
}

function latencies(run: RunningClass, wanted: (trigger: string) => boolean): Latency {
  const own = run.model.alerts.filter(({ trigger }) => wanted(trigger));
  return summarise(own.flatMap((alert) => latencyOf(alert, run) ?? []));
}

function latencyText({ count, p50Ms, p99Ms, maxMs }: Latency): string {
  if (count === 0) return "0";
  const text = [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(0));
  return `${String(count).padEnd(5)} delay p50 ${text[0]} ms, p99 ${text[1]} ms, max ${text[2]} ms`;
}

/** How the two scripted students did. */
function scriptLines({ rows, alerts }: Evidence): readonly string[] {
  const row = rows.find(({ student_id, module }) => student_id === firstStudentId && module === "control-flow");
  const alert = alerts.find(({ student_id }) => student_id === secondStudentId);
  return [
    `  student ${firstStudentId}   ${row ? `${row.mastery_score.toFixed(2)} in control-flow (${row.mastery_level})` : "not there yet"}`,
    `  student ${secondStudentId}   ${alert ? `the teacher is alerted: ${alert.trigger_type} in ${alert.module}` : "no alert"}`,
  ];
}

function verdictLines(findings: readonly string[]): readonly string[] {
  if (findings.length === 0) return ["everything matches the rules of the domain"];
  return [
    `the rules of the domain are broken: ${findings.length} finding${findings.length === 1 ? "" : "s"}`,
    ...findings.map((finding) => `  - ${finding}`),
  ];
}
