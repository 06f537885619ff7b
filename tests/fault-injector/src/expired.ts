import type { Transport } from "@keyline/runtime";
import { createProducer } from "@student-events/producer";
import kafkajs from "kafkajs";

const { Kafka, logLevel } = kafkajs;

/** Causes that retention has deleted since: their effects are in order all the same, and no finding. */
export async function expireCauses(transport: Transport, broker: string, student: number): Promise<void> {
  const producer = createProducer({ transport, source: "teacher" });
  const payload = { alert_id: crypto.randomUUID(), resolved_by: 1 };
  const causes = [];
  for (let n = 0; n < 20; n += 1) causes.push(await producer.struggleResolved({ student_id: student, payload }));
  const [, , third] = causes;
  if (third) await producer.learningQuery({ student_id: student, payload: { query: "and now?" } }, { after: third });
  await producer.close();
  const last = causes.at(-1);
  if (!last) return;
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  // kafkajs deletes only from topics that it has been asked about.
  await admin.fetchTopicOffsets(last.topic);
  const partitions = [{ partition: last.partition, offset: String(last.offset - 5) }];
  await admin.deleteTopicRecords({ topic: last.topic, partitions });
  await admin.disconnect();
}
