import { canRunKafka, type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { keySuite } from "../src/p1-key/suite.js";
import { partitionSuite } from "../src/p2-partition/suite.js";
import { lanesSuite } from "../src/p3-lanes/suite.js";
import { callOrderSuite } from "../src/p4-call-order/suite.js";
import { oneAtATimeSuite } from "../src/p5-one-at-a-time/suite.js";
import { causalitySuite } from "../src/p6-causality/suite.js";
import { failureSuite } from "../src/p7-failure/suite.js";
import { anyTime, kafkaHarness } from "./kafka-harness.js";

describe.skipIf(!(await canRunKafka()))("on Apache Kafka, one broker, by kafkajs", () => {
  let cluster: KafkaCluster | undefined;
  beforeAll(async () => {
    cluster = await startKafka({ settings: anyTime });
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);

  // A topic takes a while to make, and one test makes forty times as many.
  vi.setConfig({ testTimeout: 120_000 });

  // Lacks every capability: append-faults, stall, rewrite-logs and short-rebalance are the transport's own tests.
  const harness = kafkaHarness("kafkajs", () => cluster?.brokers ?? []);
  keySuite(harness);
  partitionSuite(harness);
  lanesSuite(harness);
  callOrderSuite(harness);
  oneAtATimeSuite(harness);
  causalitySuite(harness);
  failureSuite(harness);
});
