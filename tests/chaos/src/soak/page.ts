// A process of the soak: listens to the teacher's page as an open page does, without a browser: it keeps what is shown of each
// student, and notes now and then how much it has heard.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readTask } from "../publish/task.js";

/** What it is told. */
export interface PageTask {
  /** Of the teacher's page. */
  readonly url: string;
  /** Where it notes what it has heard. */
  readonly journal: string;
}

/** What a page has heard so far. */
export interface Heard {
  readonly streams: number;
  readonly snapshots: number;
  readonly changes: number;
  readonly students: number;
  readonly alerts: number;
}

interface Student {
  readonly ref: string;
  readonly alerts: readonly unknown[];
}

const { url, journal } = readTask<PageTask>();
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

// Invariant: `shown` has each student as it was told last; `counts` what was heard since the process began.
const shown = new Map<string, Student>();
const counts = { streams: 0, snapshots: 0, changes: 0 };

/** Takes one server-sent event. */
function take(text: string): void {
  const fields = new Map(text.split("\n").map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const kind = fields.get("event");
  if (kind !== "snapshot" && kind !== "changes") return;
  if (kind === "snapshot") shown.clear();
  counts[kind === "snapshot" ? "snapshots" : "changes"] += 1;
  const { students } = JSON.parse(fields.get("data") ?? "") as { readonly students: readonly Student[] };
  for (const student of students) shown.set(student.ref, student);
}

/** Listens until the stream ends. */
async function listen(): Promise<void> {
  const { body } = await fetch(`${url}/api/events`, { signal: stop.signal });
  if (!body) return;
  counts.streams += 1;
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop() ?? "";
    events.forEach(take);
  }
}

const noting = setInterval(() => {
  const alerts = [...shown.values()].reduce((sum, student) => sum + student.alerts.length, 0);
  const heard: Heard = { ...counts, students: shown.size, alerts };
  appendFileSync(journal, `${JSON.stringify(heard)}\n`);
}, 1000);

while (!stop.signal.aborted) {
  // The teacher may not be there yet: as a browser does, it tries again.
  await listen().catch(() => undefined);
  await sleep(500, undefined, { signal: stop.signal }).catch(() => undefined);
}
clearInterval(noting);
