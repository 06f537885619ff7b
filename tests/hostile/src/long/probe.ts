// A process of the run: sends events of students of whom nothing was heard before, and sees how long both apps take to answer.
import { setTimeout as sleep } from "node:timers/promises";
import { createKafkajsTransport } from "@keyline/kafkajs";
import { createConsumer } from "@student-events/consumer";
import { createProducer } from "@student-events/producer";
import { firstProbe, noteProbe } from "./probes.js";
import { readTask, type Task } from "./tasks.js";

const { brokers, journal, windows } = readTask<Task>();
const transport = createKafkajsTransport({ brokers, clientId: "probe" });
const producer = createProducer({ transport, source: "probe" });
// Invariant: when each probe was sent whose student may still be answered for.
const sent = new Map<number, number>();

const answeredBy = (app: string) => (event: { readonly student_id: number }) => {
  const sentMs = sent.get(event.student_id);
  // Hostile records lie on these topics as well.
  if (sentMs === undefined) return;
  noteProbe(journal, { kind: "answered", app, student: event.student_id, sentMs, latencyMs: Date.now() - sentMs });
};
const on = { learningProgress: answeredBy("progress"), struggleDetected: answeredBy("struggle") };
const consumer = createConsumer({ transport, groupId: "probe", on });
const ended = consumer.run();
await consumer.start();

const everyMs = 50;
const endMs = windows.at(-1)?.toMs ?? 0;
const sending = new Set<Promise<unknown>>();
for (let student = firstProbe, nextMs = Date.now(); nextMs < endMs; student += 1, nextMs += everyMs) {
  await sleep(Math.max(0, nextMs - Date.now()));
  noteProbe(journal, { kind: "sent", student });
  sent.set(student, Date.now());
  // A failed quiz: a row for progress, an alert for struggle.
  const payload = { quiz_attempt_id: student, module: "basics", score: 10, correct_count: 1, total_count: 10 } as const;
  const one = producer.learningQuiz({ student_id: student, payload }).finally(() => sending.delete(one));
  sending.add(one);
}
await Promise.all(sending);
// Until the apps have answered for all, or it is too late for that.
process.once("SIGTERM", async () => {
  await Promise.all([consumer.close(), producer.close()]);
  await ended;
  await transport.close();
});
