import type { MemoryCluster } from "@keyline/runtime/memory";
import { type PlannedEvent, type Send, secondStudentId } from "@student-events/classroom";

/** Ways to break the pipeline on purpose; the verdict must find each. */
export const harms = ["reorder", "drop", "duplicate", "stale"] as const;
export type Harm = (typeof harms)[number];

/** Stands between the classroom and its producer. */
export type Intercept = (event: PlannedEvent, send: Send) => Promise<void>;

/** Harm that is done to events on their way; `stale` is done to the store instead. */
export function interceptFor(harm: Harm | undefined, cluster: MemoryCluster | null): Intercept | undefined {
  if (!cluster) return undefined;
  if (harm === "reorder") return reorder();
  if (harm === "drop") return drop(cluster);
  if (harm === "duplicate") return duplicate(cluster);
  return undefined;
}

/** The scripted student's first submission goes out after its run. */
function reorder(): Intercept {
  const run = Promise.withResolvers<void>();
  return async (event, send) => {
    if (isOfScript(event, 1)) await run.promise;
    await send(event);
    if (isOfScript(event, 2)) run.resolve();
  };
}

/** The scripted student's second failure is acknowledged and gone from the log before anybody reads it. */
function drop(cluster: MemoryCluster): Intercept {
  return async (event, send) => {
    if (!isOfScript(event, 4)) return send(event);
    const release = cluster.faults.holdFetches({ topic: "code.executed" });
    await send(event);
    for (const place of copiesOf(cluster, event)) cluster.faults.compact(place, [place.offset]);
    release();
  };
}

/** The scripted student's first failure is on the log twice, the second time as if it were another event. */
function duplicate(cluster: MemoryCluster): Intercept {
  return async (event, send) => {
    await send(event);
    if (!isOfScript(event, 2)) return;
    for (const record of copiesOf(cluster, event)) {
      const value = JSON.parse(Buffer.from(record.value ?? []).toString());
      value.id = crypto.randomUUID();
      value.data.event_id = value.id;
      cluster.faults.produce({ ...record, value: Buffer.from(JSON.stringify(value)) });
    }
  };
}

/** The script of this student is to submit and run, three times. */
function isOfScript({ studentId, number }: PlannedEvent, wanted: number): boolean {
  return studentId === secondStudentId && number === wanted;
}

function copiesOf(cluster: MemoryCluster, { studentId, timeMs }: PlannedEvent) {
  const topic = "code.executed";
  const timestamp = new Date(timeMs).toISOString();
  return Array.from({ length: cluster.topics().get(topic) ?? 0 }, (_, partition) => cluster.records(topic, partition))
    .flat()
    .filter(({ key, value }) => {
      if (Buffer.from(key ?? []).toString() !== String(studentId)) return false;
      return JSON.parse(Buffer.from(value ?? []).toString()).data.timestamp === timestamp;
    });
}
