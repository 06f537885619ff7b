import { canRunKafka, type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kafkajsProducers } from "../src/foreign/kafkajs.js";
import { foreignProducers, isThere } from "../src/foreign/producers.js";
import { strayPlacements } from "../src/index.js";
import { prove } from "../src/prove.js";

const inCi = process.env.CI === "true";
const all = [...foreignProducers, ...kafkajsProducers];
// On a developer's machine what is not installed is left out; in CI it has to be there.
const there = await Promise.all(all.map(async (one) => inCi || (await isThere(one))));
const foreign = all.filter((_, index) => there[index]);

/** What the command may take, beside the table of ids, of which 60,000 fill 5 MB. */
const memoryBound = 400e6;

describe.skipIf(!(await canRunKafka()))("keyline audit, on a real broker that many producers have written to", () => {
  let cluster: KafkaCluster | undefined;
  beforeAll(async () => {
    cluster = await startKafka();
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);

  it("finds every fault and nothing else, and names each producer's partitioner", { timeout: 240_000 }, async () => {
    const { scores, output, exitCode } = await prove({
      ...{ broker: cluster?.brokers[0] ?? "", seed: 6, records: 50_000, rate: 0.001, students: 5000 },
      ...{ sdkEvents: 4000, foreign, foreignEvents: 1000, say: () => undefined },
    });
    for (const { kind, wrong, missed } of scores)
      expect({ kind, wrong, missed }).toEqual({ kind, wrong: [], missed: [] });
    expect(scores.length).toBeGreaterThan(15);
    expect(scores.every(({ injected }) => injected >= 40)).toBe(true);
    expect({ exitCode, complete: output.complete }).toEqual({ exitCode: 3, complete: true });
    const { producers } = output.records;
    for (const { name, partitioner } of foreign) {
      const producer = producers.find(({ source }) => source === name);
      expect({ name, by: producer?.placements[0]?.placement }).toEqual({ name, by: partitioner });
      expect(producer?.placements[0]?.confidence).toBeGreaterThan(0.99);
    }
    for (const placement of strayPlacements) {
      const producer = producers.find(({ source }) => source === `by-${placement}`);
      expect(producer?.placements[0]).toMatchObject({ placement });
    }
    expect(output.peakMemoryBytes).toBeLessThan(memoryBound);
  });
});
