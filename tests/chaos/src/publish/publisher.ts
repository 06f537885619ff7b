// A process of the chaos run: plays some students of a class through the generated producer, and notes every call and answer.
import { createKafkajsTransport } from "@keyline/kafkajs";
import { isKeylineError } from "@keyline/runtime";
import {
  classroomEvents,
  createClassroomClock,
  numberHeader,
  type PlannedEvent,
  play,
} from "@student-events/classroom";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { createJournal, playedBy } from "./journal.js";
import { stampFor } from "./stamp.js";
import { readTask } from "./task.js";

const task = readTask();
const note = createJournal(task.journal);
const transport = createKafkajsTransport({ brokers: task.brokers, clientId: `publisher-${task.publisher}` });
const producer = createProducer({ transport, source: `classroom-${task.publisher}` });
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

function* mine(): Generator<PlannedEvent, void> {
  for (const event of classroomEvents(task))
    if (playedBy(task.publisher, task.publishers, event.studentId)) yield event;
}

/** Sends without waiting for earlier sends, as the apps of a busy service do. */
async function send(planned: PlannedEvent): Promise<void> {
  const { topic, payload, studentId, number, correlationId } = planned;
  const name = { student: studentId, number };
  note({ kind: "called", topic: topics[topic].address, ...name });
  const timestamp = new Date(stampFor(studentId, planned.timeMs, Date.now())).toISOString();
  const event = { student_id: studentId, correlation_id: correlationId, timestamp, payload };
  // TypeScript does not see that the sender and the payload are of one topic; the type of planned events does.
  const sender = producer[topic] as (input: typeof event, options: object) => Promise<SentTo>;
  try {
    const { topic, partition, offset } = await sender(event, { headers: { [numberHeader]: String(number) } });
    note({ kind: "acknowledged", ...name, topic, partition, offset });
  } catch (caught) {
    const reason = String(caught);
    note({ kind: "rejected", ...name, code: isKeylineError(caught) ? caught.code : reason, reason });
  }
}

interface SentTo {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const { seconds, rate, firstDayMs } = task;
await play({
  producer,
  events: mine(),
  clock: createClassroomClock(firstDayMs),
  rate,
  seconds,
  signal: stop.signal,
  send,
});
await producer.close({ timeoutMs: 60_000 });
await transport.close();
