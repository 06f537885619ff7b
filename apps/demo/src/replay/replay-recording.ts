import { createEmbeddedCluster } from "@student-events/platform";
import { startPipeline } from "../pipeline/pipeline.js";
import type { DemoStore } from "../pipeline/store.js";
import type { ExpectedRow } from "../verify/expected-progress.js";
import { readLog } from "../verify/read-log.js";
import { alertsOn } from "../verify/verdict.js";
import { publishRecording, type RejectedLine } from "./publish.js";

/** What a replay prints. */
export interface ReplayReport {
  /** By student, then module. */
  readonly progress: readonly ExpectedRow[];
  /** By date, then student, then trigger, then module. */
  readonly alerts: readonly ReplayedAlert[];
  /** By line. */
  readonly rejected: readonly RejectedLine[];
}

/** An alert that the struggle app sent. */
export interface ReplayedAlert {
  readonly student_id: number;
  readonly trigger_type: string;
  readonly severity: string;
  readonly module: string | null;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
}

/** Replays a recording into an empty store. Time moves by the events alone, so the outcome is the same every time. */
export async function replayRecording(path: string, store: DemoStore): Promise<ReplayReport> {
  const cluster = createEmbeddedCluster();
  const transport = cluster.transport();
  // The apps start when all is published: what lies ready comes in large batches, and few transactions are fast ones.
  const rejected = await publishRecording(path, transport);
  const pipeline = await startPipeline({
    store: store.store,
    connect: () => cluster.transport(),
    timers: "events",
    maxBatchEvents: 4000,
  });
  try {
    await pipeline.caughtUp();
    const alerts = alertsOn(await readLog(transport, ["struggle.detected"])).map(({ atMs, ...alert }) => ({
      ...alert,
      at: new Date(atMs).toISOString(),
    }));
    return { progress: await store.progressRows(), alerts: sortedAlerts(alerts), rejected };
  } finally {
    await pipeline.close();
    await transport.close();
  }
}

function sortedAlerts(alerts: readonly ReplayedAlert[]): readonly ReplayedAlert[] {
  const textOf = ({ trigger_type, module }: ReplayedAlert) => `${trigger_type} ${module ?? ""}`;
  return [...alerts].sort(
    (a, b) => compareTexts(a.at, b.at) || a.student_id - b.student_id || compareTexts(textOf(a), textOf(b)),
  );
}

/** By code points, the same on every machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
