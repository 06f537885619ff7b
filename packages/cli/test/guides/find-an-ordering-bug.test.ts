import { join } from "node:path";
import { loadContract } from "@keyline/contract";
import { logHooks } from "@keyline/ops";
import { contractTopics } from "@keyline/proof";
import type { Topics } from "@keyline/runtime";
import { bindConsumer, bindProducer } from "@keyline/runtime/codegen";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { deadLetterTopic, partitionOf } from "@keyline/runtime/tools";
import { expect, test } from "vitest";
import { main } from "../../src/index.js";
import { createTestIo } from "../../src/test-io.js";
import { playGuide, playText } from "./play.js";

const root = join(import.meta.dirname, "../../../..");
const { contract } = await loadContract(join(root, "asyncapi.yaml"));
if (!contract) throw new Error("the contract does not load");

const guide = join(root, "docs/guides/find-an-ordering-bug.md");
const day = 86_400_000;
const students = Array.from({ length: 60 }, (_, index) => index + 1);

function newCluster() {
  const cluster = createMemoryCluster();
  for (const { address } of contract?.channels ?? []) {
    const config = { "retention.ms": String(14 * day), "cleanup.policy": "delete", "min.insync.replicas": "2" };
    cluster.createTopic(address, { partitions: 12, replicas: 3, config });
    cluster.createTopic(deadLetterTopic(address), { partitions: 12 });
  }
  return cluster;
}

/** As the editor, which has the SDK, and a sandbox in Python write: the editor names causes, the sandbox no positions. */
test("the guide's commands print what it says, on a cluster that a sandbox writes to with librdkafka's own partitioner", async () => {
  const cluster = newCluster();
  // At the start of a minute: what comes two seconds later is of the same day.
  const hourAgo = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
  const editor = { transport: cluster.transport(), source: "editor", clock: () => hourAgo };
  const producer = bindProducer(contractTopics(contract) as Topics)(editor);
  const send = producer.codeSubmitted as unknown as (event: object) => Promise<{ position: object }>;
  const flow = (student: number) => `0f6b8c1e-3f57-4c53-8a41-${String(student).padStart(12, "0")}`;
  const submission = (student: number) => `5b0e2a64-6d0c-4b53-9f3c-${String(student).padStart(12, "0")}`;
  const submit = (student: number) =>
    send({
      ...{ student_id: student, correlation_id: flow(student) },
      payload: { submission_id: submission(student), module: "oop", code: "print(name)" },
    });
  /** The sandbox's runs, by the partitioner that it has at the time. */
  const grade = (student: number, partitioner: "consistent" | "fnv1a", timestampMs: number) => {
    const key = Buffer.from(String(student));
    const data = {
      ...{ event_id: crypto.randomUUID(), correlation_id: flow(student), student_id: student },
      ...{ event_type: "code.executed", timestamp: new Date(timestampMs).toISOString() },
      payload: { ...{ submission_id: submission(student), module: "oop" }, success: false, execution_time_ms: 12 },
    };
    const event = { specversion: "1.0", id: data.event_id, source: "sandbox", type: "code.executed", data };
    const partition = partitionOf(partitioner, key, 12);
    cluster.faults.produce({
      ...{ topic: "code.executed", partition, key, value: Buffer.from(JSON.stringify(event)), timestampMs },
    });
  };
  for (const student of students) await submit(student);
  for (const student of students) grade(student, "consistent", hourAgo + 2000);

  const codes: number[] = [];
  const play = (command: string) => {
    // What the guide tells to do before it looks again.
    if (command.includes("--since")) for (const student of students) grade(student, "fnv1a", Date.now());
    const [name, ...args] = command.split(" ");
    expect(name).toBe("keyline");
    const connect = () => ({ name: "kafka:9092", transport: cluster.transport(), inspector: cluster.inspector() });
    const io = createTestIo(root, { connect });
    return main(args, io).then((code) => {
      codes.push(code);
      return io.written.out;
    });
  };
  await playGuide(guide, { run: play });
  expect(codes).toEqual([3, 3, 0]);

  // Afterwards, since the audit lists the groups of a cluster.
  const lines: string[] = [];
  const warn = (line: string) => lines.push(line);
  const logger = { debug() {}, info() {}, warn, error: warn };
  const on = { codeExecuted: () => undefined } as object;
  const hooks = logHooks(logger, { everyMs: 0, shape: "text" });
  const consumer = bindConsumer(contractTopics(contract) as Topics)({
    ...{ transport: cluster.transport(), groupId: "struggle", on, hooks },
  });
  await consumer.start();
  await consumer.caughtUp();
  await consumer.close();
  await playText(guide, lines.filter((line) => line.startsWith("wrong partition")).at(-1) ?? "");
});
