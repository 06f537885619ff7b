import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestTransport, makeTopic, rawKafka, recordOf, until } from "./on-kafka.js";

const events = 600;
const eventBytes = 800_000;
const processBytes = 512 * 1024 * 1024;

const program = `
import { runFromSource } from "@keyline/tsup-config/run-source";
await runFromSource(new URL("./programs/", ${JSON.stringify(import.meta.url)}), "large-events", process.argv.slice(1));
`;

describe.skipIf(!(await canRun("kafka")))("many events of 800 kB", () => {
  let cluster: KafkaCluster | undefined;
  let topic = "";
  beforeAll(async () => {
    cluster = await startKafka({});
    topic = await makeTopic(cluster.brokers, 3);
    const admin = rawKafka(cluster.brokers).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: `${topic}.dlq`, numPartitions: 3 }], waitForLeaders: false });
    await admin.disconnect();
    const transport = createTestTransport({ brokers: cluster.brokers, compression: "gzip" });
    const producer = transport.createProducer();
    const note = "x".repeat(eventBytes);
    for (let n = 0; n < events; n += 1)
      await until(() => producer.append(topic, n % 3, [recordOf(JSON.stringify({ n, note }))]));
    await transport.close();
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);

  it("are read by a process of 512 MB whose handler is slow", { timeout: 120_000 }, async () => {
    const limits = ["--max-old-space-size=256", "--input-type=module"];
    const args = [...limits, "-e", program, "--", cluster?.brokers[0] ?? "", topic, String(events)];
    // Ended with the test: it would read on for ever where events are missing.
    const options = { cwd: import.meta.dirname, timeout: 110_000 };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    const { handled, peakBytes } = JSON.parse(stdout) as { readonly handled: number; readonly peakBytes: number };
    expect(handled).toBe(events);
    expect(peakBytes).toBeLessThan(processBytes);
    console.info(`${events} events of ${eventBytes} bytes: ${Math.round(peakBytes / 1e6)} MB at most`);
  });
});
