// A process of the comparison: plays a class through kafkajs as it comes, and notes every call and answer.
import { setTimeout as sleep } from "node:timers/promises";
import { createMemoryCluster } from "@keyline/runtime/memory";
import {
  classroomEvents,
  createClassroomClock,
  numberHeader,
  type PlannedEvent,
  play,
} from "@student-events/classroom";
import { createProducer } from "@student-events/producer";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { createJournal, type EventName } from "../publish/journal.js";
import { readTask } from "../publish/task.js";
import { type StockPublishTask, stockTopic } from "./task.js";

const task = readTask<StockPublishTask>();
const topic = stockTopic(task);
const note = createJournal(task.journal);
const kafka = new Kafka({ brokers: [...task.brokers], clientId: topic, logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  idempotent: task.idempotent,
  createPartitioner: Partitioners.DefaultPartitioner,
  allowAutoTopicCreation: false,
});
await producer.connect();

const nameOf = ({ studentId, number }: PlannedEvent): EventName => ({ student: studentId, number });

const messageOf = (planned: PlannedEvent) => ({
  key: String(planned.studentId),
  headers: { [numberHeader]: String(planned.number) },
  value: JSON.stringify({
    id: `${planned.studentId}/${planned.number}`,
    type: topic,
    data: { student_id: planned.studentId, payload: planned.payload },
  }),
});

/** Sends events in one call, and notes how that ended. */
async function send(events: readonly PlannedEvent[]): Promise<void> {
  try {
    await producer.send({ topic, messages: events.map(messageOf) });
    for (const event of events) note({ kind: "acknowledged", ...nameOf(event) });
  } catch (caught) {
    const code = caught instanceof Error ? caught.name : String(caught);
    for (const event of events) note({ kind: "rejected", ...nameOf(event), code, reason: String(caught) });
  }
}

// Invariant: `waiting` holds the events that no batch took yet, in order; `sending` is the one batch under way.
const waiting: PlannedEvent[] = [];
let sending: Promise<void> | null = null;

/** Events of this long go together: to several leaders in one call, as batches mostly do. */
const lingerMs = 250;

/** One batch after the other, each awaited. */
async function sendWaiting(): Promise<void> {
  while (waiting.length > 0) {
    await sleep(lingerMs);
    await send(waiting.splice(0));
  }
  sending = null;
}

const { firstDayMs, rate, seconds } = task;
await play({
  // The class is played as ever; its events go another way.
  producer: createProducer({ transport: createMemoryCluster().transport(), source: "unused" }),
  events: classroomEvents(task),
  clock: createClassroomClock(firstDayMs),
  rate,
  seconds,
  async send(event) {
    note({ kind: "called", topic, ...nameOf(event) });
    if (!task.awaited) return send([event]);
    waiting.push(event);
    sending ??= sendWaiting();
  },
});
await sending;
await producer.disconnect();
process.exit(0);
