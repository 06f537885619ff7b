import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTransport } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import { createProjector, defineProjection } from "@keyline/runtime";
import { createMemoryStore } from "@keyline/runtime/testing";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { shopProducer, shopTopics, shopYaml } from "./shop.js";

const letters = 30;

describe.skipIf(!(await canRun("kafka")))("dead letters, on a real broker", () => {
  let cluster: KafkaCluster | undefined;
  let cwd = "";
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    cluster = await startKafka();
    cwd = await mkdtemp(join(tmpdir(), "keyline-letters-"));
    await writeFile(join(cwd, "asyncapi.yaml"), shopYaml);
  }, 180_000);
  afterAll(async () => {
    await Promise.allSettled(ends.reverse().map((end) => end()));
    await cluster?.stop();
    await rm(cwd, { recursive: true, force: true });
  }, 60_000);

  const brokers = () => [...(cluster?.brokers ?? [])];
  /** Runs the command line; `told` is called with each audit line. */
  const keyline = async (args: string, told: (lines: number) => void = () => undefined) => {
    let lines = 0;
    const io = createTestIo(cwd, { environment: { KAFKA_BROKERS: brokers().join(",") } });
    const log = (text: string) => {
      io.log(text);
      if (text.includes(" replayed ")) told(++lines);
    };
    const code = await main(args.split(" "), { ...io, log });
    return { code, ...io.written };
  };

  test("a broker that is killed in the middle of a replay: run again, each is applied once, by its group alone", {
    timeout: 240_000,
  }, async () => {
    await keyline("topics apply --replicas 1 --yes");
    const store = createMemoryStore();
    let isMended = false;
    const reduce = (state: readonly number[], event: unknown) => {
      const { n } = event as { readonly n: number };
      if (!isMended && n < letters) throw new Error("no such module");
      return [...state, n];
    };
    const project = async (name: string) => {
      const on = { placed: name === "books" ? reduce : (state: readonly number[]) => [...state, 0] };
      const projection = defineProjection<readonly number[], typeof shopTopics>(shopTopics, {
        ...{ name, initial: () => [], on: on as never },
      });
      const transport = createKafkajsTransport({ brokers: brokers() });
      const projector = createProjector({ projection, transport, store, retry: { attempts: 1 } });
      await projector.start();
      ends.push(
        () => transport.close(),
        () => projector.close({ timeoutMs: 5000 }),
      );
    };
    await Promise.all(["books", "stock"].map(project));
    const transport = createKafkajsTransport({ brokers: brokers() });
    const producer = shopProducer(transport);
    for (let n = 0; n < letters; n += 1) await producer.send("placed", n % 7, { n });
    await producer.close();
    await transport.close();
    const listed = async (): Promise<number> =>
      JSON.parse((await keyline("dead-letters list --json")).out).letters.length;
    await expect.poll(listed, { timeout: 60_000, interval: 500 }).toBe(letters);
    const { checks } = JSON.parse((await keyline("doctor --json")).out);
    expect(checks).toContainEqual({
      ...{ id: "doctor-dead-letters", status: "todo", summary: `${letters} letters wait: ${letters} handler_failed` },
      todo: "run keyline dead-letters list",
    });
    // A group without letters is known by its members; another is a slip.
    expect((await keyline("dead-letters list --group stock")).code).toBe(0);
    expect(await keyline("dead-letters list --group stokc")).toMatchObject({
      ...{ code: 2, log: "error: no letter is of group stokc; letters are of: books\n" },
    });
    isMended = true;

    const foreign = new Kafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).consumer({ groupId: "reports" });
    await foreign.connect();
    await foreign.subscribe({ topics: ["order.placed"] });
    await foreign.run({ eachMessage: async () => undefined });
    await expect
      .poll(async () => (await keyline("dead-letters replay")).out, { timeout: 60_000, interval: 500 })
      .toMatch(
        /^group books handles its own letters\ngroup reports may not know redeliveries.*: 0 of 1 member announce it\ngroup stock skips them$/m,
      );
    expect((await keyline("dead-letters replay --yes")).code).toBe(2);
    await foreign.disconnect();

    let killed: Promise<void> | undefined;
    const replay = "dead-letters replay --yes --by ada --also-reaches reports";
    const first = await keyline(replay, (lines) => {
      if (lines === 10) killed = cluster?.kill(0).then(() => cluster?.restart(0));
    });
    await killed;
    expect(first.log.match(/ ada replayed /g)?.length).toBeGreaterThanOrEqual(10);
    if (first.code !== 0) {
      expect(first.log).toContain("Run the same command again to continue");
      await expect.poll(async () => (await keyline(replay)).code, { timeout: 60_000, interval: 1000 }).toBe(0);
    }
    expect(await listed()).toBe(0);
    const stateOf = async (app: string) => {
      const rows = await store.readStates({ app, domain: "orders" }, [..."0123456"]);
      return [...rows.values()].flatMap(({ state }) => state as readonly number[]);
    };
    await expect
      .poll(async () => (await stateOf("books")).length, { timeout: 60_000, interval: 500 })
      .toBeGreaterThanOrEqual(letters);
    expect((await stateOf("books")).sort((a, b) => a - b)).toEqual(Array.from({ length: letters }, (_, n) => n));
    expect(await stateOf("stock")).toHaveLength(letters);
  });
});
