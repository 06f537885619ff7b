// The service that runs in every cell: it publishes events of three students, reads them in order, and counts them in a projection.
import { createKafkajsTransport, type KafkajsCompression } from "@keyline/kafkajs";
import { createProjector, type Transport } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { createConsumer, defineProjection } from "@student-events/consumer";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";

export interface Setting {
  /** Kafka's addresses; default a cluster in this process. */
  readonly brokers?: readonly string[];
  readonly compression?: KafkajsCompression;
  /** Groups have names of their own, and students numbers: cells share a cluster. */
  readonly cell: string;
  readonly firstStudent: number;
}

/** What was seen of each student. */
export interface Seen {
  /** The steps in the order in which they were handled. */
  readonly steps: readonly number[];
  /** How many of them the projection counted. */
  readonly counted: number;
}

const rounds = 5;

/** The steps of a student whose events kept their order. */
export const expected: Seen = { steps: Array.from({ length: 2 * rounds }, (_, step) => step), counted: 2 * rounds };

function openTransport({ brokers, compression = "none" }: Setting): Transport {
  if (brokers) return createKafkajsTransport({ brokers, compression });
  const cluster = createMemoryCluster();
  for (const { address, partitions } of Object.values(topics)) {
    cluster.createTopic(address, { partitions: partitions ?? 1 });
    cluster.createTopic(`${address}.dlq`, { partitions: partitions ?? 1 });
  }
  return cluster.transport();
}

/** Two topics by turns, awaiting nothing: a student's steps keep their order over both. */
async function publish(transport: Transport, students: readonly number[]): Promise<void> {
  const producer = createProducer({ transport, source: "matrix" });
  const sends: Promise<unknown>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const student_id of students) {
      const execution = { success: true, module: "oop" } as const;
      const submission_id = "3f3f3f3f-0000-4000-8000-000000000001";
      const execution_time_ms = 2 * round + 1;
      sends.push(producer.learningQuery({ student_id, payload: { query: `${2 * round}` } }));
      sends.push(producer.codeExecuted({ student_id, payload: { ...execution, submission_id, execution_time_ms } }));
    }
  }
  try {
    await Promise.all(sends);
  } finally {
    await producer.close();
  }
}

/** Runs the service once. Resolves to what was seen, by student. */
export async function scenario(setting: Setting): Promise<Readonly<Record<string, Seen>>> {
  const transport = openTransport(setting);
  const students = [0, 1, 2].map((at) => setting.firstStudent + at);
  const steps = new Map<string | null, number[]>(students.map((student) => [String(student), []]));
  const counts = new Map<string, number>();
  const consumer = createConsumer({
    transport,
    groupId: `matrix-${setting.cell}`,
    on: {
      learningQuery: ({ payload }, { key }) => void steps.get(key)?.push(Number(payload.query)),
      codeExecuted: ({ payload }, { key }) => void steps.get(key)?.push(payload.execution_time_ms),
    },
  });
  const count = (state: { readonly count: number }, key: string) => {
    counts.set(key, state.count + 1);
    return { count: state.count + 1 };
  };
  const projection = defineProjection({
    name: `count-${setting.cell}`,
    initial: () => ({ count: 0 }),
    on: {
      learningQuery: (state, _event, { key }) => count(state, key),
      codeExecuted: (state, _event, { key }) => count(state, key),
    },
  });
  const projector = createProjector({ projection, transport, store: createMemoryStore() });
  try {
    await publish(transport, students);
    await Promise.all([consumer.start(), projector.start()]);
    await Promise.all([consumer.caughtUp(), projector.caughtUp()]);
  } finally {
    await Promise.all([consumer.close(), projector.close()]);
    await transport.close();
  }
  const seenOf = (key: string): Seen => ({ steps: steps.get(key) ?? [], counted: counts.get(key) ?? 0 });
  return Object.fromEntries(students.map((student) => [student, seenOf(String(student))]));
}
