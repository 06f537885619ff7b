import { kafkaClientFrom } from "@keyline/kafka";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { openPostgres } from "@keyline/outbox";
import { createPostgresStore, type SqlStore } from "@keyline/postgres";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, vi } from "vitest";
import type { Harness } from "../src/harness.js";
import { keySuite } from "../src/p1-key/suite.js";
import { partitionSuite } from "../src/p2-partition/suite.js";
import { lanesSuite } from "../src/p3-lanes/suite.js";
import { callOrderSuite } from "../src/p4-call-order/suite.js";
import { oneAtATimeSuite } from "../src/p5-one-at-a-time/suite.js";
import { standInTests } from "../src/p6-causality/stand-ins.js";
import { causalitySuite } from "../src/p6-causality/suite.js";
import { holdSuite } from "../src/p7-failure/hold.js";
import { oneEventSuite } from "../src/p7-failure/one-event.js";
import { failureSuite } from "../src/p7-failure/suite.js";
import { databaseOf, openPool } from "../src/p8-effect-once/handlers-database.js";
import { onceSuite } from "../src/p8-effect-once/once.js";
import { outboxTests } from "../src/p8-effect-once/outbox.js";
import type { StoreHarness } from "../src/p8-effect-once/stores.js";
import { effectOnceSuite } from "../src/p8-effect-once/suite.js";
import { type DatabaseHarness, overDriver } from "../src/p10-outbox/databases.js";
import { outboxSuite } from "../src/p10-outbox/suite.js";
import { anyTime, kafkaHarness } from "./kafka-harness.js";

const hasKafka = await canRun("kafka");

/**
 * Which of the suites run: all; those of logs and members; those that need a database; or those of what replication can change
 * (orders of appends, what stands in, a projection's outbox).
 */
export type Suites = "all" | "logs" | "databases" | "replicated";

/**
 * The suites of the memory transport, unchanged, on Apache Kafka and PostgreSQL. What needs `append-faults`, `stall`,
 * `rewrite-logs` or `short-rebalance` is not there: no real broker does that on demand, and the transport's own tests
 * and the chaos run kill brokers, cut connections and stop processes instead.
 */
export function promisesOnKafka(brokers: 1 | 3, suites: Suites = "all"): void {
  const client = kafkaClientFrom(process.env);
  describe.skipIf(!hasKafka)(`on Apache Kafka, ${brokers === 1 ? "one broker" : "three brokers"}, by ${client}`, () => {
    let cluster: KafkaCluster | undefined;
    let postgres: PostgresServer | undefined;
    let pool: Pool;
    const opened: { close(): Promise<void> }[] = [];
    const storesMade: SqlStore[] = [];
    const kafka = kafkaHarness("kafkajs", () => cluster?.brokers ?? []);
    beforeAll(async () => {
      const starting = suites === "logs" ? undefined : startPostgres();
      [cluster, postgres] = await Promise.all([startKafka({ brokers, settings: anyTime }), starting]);
      pool = openPool(postgres?.url ?? "");
    }, 180_000);
    afterAll(async () => {
      await Promise.all([kafka.end(), pool.end(), ...opened.map((store) => store.close())]);
      await Promise.all([cluster?.stop(), postgres?.stop()]);
    }, 60_000);

    // A topic takes a while to make, and one test makes forty times as many.
    vi.setConfig({ testTimeout: 120_000 });

    const { harness } = kafka;
    const stores: StoreHarness = {
      name: "PostgreSQL",
      async createStore() {
        // Each test has tables of its own.
        const store = createPostgresStore({ url: postgres?.url ?? "", schema: `test_${storesMade.length}` });
        opened.push(store);
        storesMade.push(store);
        await store.migrate();
        return store;
      },
      async alter(store, statement) {
        const index = storesMade.indexOf(store as SqlStore);
        await storesMade[index]?.sql(statement(`test_${index}`));
      },
    };
    let databases = 0;
    const outboxes: DatabaseHarness = {
      name: "PostgreSQL",
      async open() {
        databases += 1;
        const database = openPostgres({ url: postgres?.url ?? "" });
        opened.push(database);
        return overDriver(database, `outbox_${databases}`);
      },
    };
    if (suites === "replicated") {
      callOrderSuite(harness);
      standInTests(harness);
      outboxTests(harness, stores);
      return;
    }
    if (suites !== "databases") logSuites(harness);
    if (suites === "logs") return;
    holdSuite(harness, stores);
    oneEventSuite(harness, stores);
    effectOnceSuite(harness, stores);
    onceSuite(
      harness,
      databaseOf(() => pool),
    );
    outboxSuite(harness, outboxes);
  });
}

function logSuites(harness: Harness): void {
  keySuite(harness);
  partitionSuite(harness);
  lanesSuite(harness);
  callOrderSuite(harness);
  oneAtATimeSuite(harness);
  causalitySuite(harness);
  failureSuite(harness);
}
