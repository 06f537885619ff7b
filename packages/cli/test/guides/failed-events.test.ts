import { join } from "node:path";
import { loadContract } from "@keyline/contract";
import { contractTopics } from "@keyline/proof";
import { createConsumer, createProducer, createProjector, defineProjection } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../src/index.js";
import { createTestIo } from "../../src/test-io.js";
import { playGuide } from "./play.js";

const root = join(import.meta.dirname, "../../../..");
const { contract } = await loadContract(join(root, "asyncapi.yaml"));
if (!contract) throw new Error("the contract does not load");
const topics = contractTopics(contract);
const weights: Record<string, { readonly value: number } | undefined> = { functions: { value: 1 } };

/** What the reducer of the guide's app does: it knows no module `oop` until it is fixed. */
function weigh(event: unknown): number {
  const { module } = (event as { payload: { module: string } }).payload;
  return (weights[module] as { value: number }).value;
}

/** Waits until both groups have committed what lies on the topic. */
const untilCommitted = (cluster: ReturnType<typeof createMemoryCluster>, events: number) =>
  expect
    .poll(
      async () => {
        const groups = await cluster.inspector().groups(["code.executed"]);
        const sums = groups.map(({ committed }) => committed.reduce((sum, { offset }) => sum + offset, 0));
        return sums.length === 2 && sums.every((sum) => sum === events);
      },
      { timeout: 20_000 },
    )
    .toBe(true);

test("the run-book's commands print what it says, on a cluster with a projection that cannot apply two events", async () => {
  const cluster = createMemoryCluster();
  for (const { address } of contract.channels) {
    cluster.createTopic(address, { partitions: 12 });
    cluster.createTopic(deadLetterTopic(address), { partitions: 12 });
  }
  const store = createMemoryStore();
  const on = { codeExecuted: (state: number, event: unknown) => state + weigh(event) };
  const projection = defineProjection<number, typeof topics>(topics, {
    name: "progress",
    initial: () => 0,
    on: on as never,
  });
  const progress = createProjector({
    projection,
    transport: cluster.transport(),
    store,
    retry: { attempts: 2, firstDelayMs: 1 },
  });
  const mailer = createConsumer(topics, {
    ...{ transport: cluster.transport(), groupId: "mailer", commitIntervalMs: 5 },
    on: { codeExecuted: () => undefined } as never,
  });
  const producer = createProducer(topics, { transport: cluster.transport(), source: "sandbox" });
  onTestFinished(() => Promise.all([progress, mailer, producer].map((one) => one.close())).then(() => undefined));
  await progress.start();
  await mailer.start();
  const send = (producer as unknown as Record<string, (event: object) => Promise<unknown>>).codeExecuted;
  const sent = [
    [42, "functions"],
    [42, "oop"],
    [42, "functions"],
    [7, "oop"],
  ] as const;
  for (const [student_id, module] of sent) {
    // A replay goes by when events failed first.
    if (student_id === 7) await expect.poll(() => eventsOn(cluster, "code.executed.dlq"), { timeout: 20_000 }).toBe(1);
    const run = { submission_id: crypto.randomUUID(), module, success: true, execution_time_ms: 12 };
    await send?.({ student_id, correlation_id: crypto.randomUUID(), payload: run });
  }
  await untilCommitted(cluster, sent.length);

  const codes: number[] = [];
  const run = async (command: string) => {
    // What the run-book tells to do before.
    if (command.includes("--yes")) weights.oop = { value: 2 };
    const [name, ...args] = command.split(" ");
    expect(name).toBe("keyline");
    const connect = () => ({ name: "kafka:9092", transport: cluster.transport(), inspector: cluster.inspector() });
    const io = createTestIo(root, { connect });
    codes.push(await main(args, io));
    await untilCommitted(cluster, eventsOn(cluster, "code.executed"));
    return `${io.written.log}${io.written.out}`;
  };
  await playGuide(join(root, "docs/operations/failed-events.md"), { run });
  expect(codes).toEqual([3, 0, 3, 2, 0, 0, 0]);
  const states = await store.readStates({ app: "progress", domain: "students" }, ["42", "7"]);
  expect([states.get("42")?.state, states.get("7")?.state]).toEqual([4, 2]);
});

const eventsOn = (cluster: ReturnType<typeof createMemoryCluster>, topic: string) =>
  Array.from({ length: 12 }, (_, partition) => cluster.records(topic, partition).length).reduce((a, b) => a + b);
