/**
 * The promises P1 to P8, and P10, as suites for vitest: a transport's tests call each with a harness for that transport.
 *
 * @module
 */

/** What a transport brings to be tested, and what only some of them can do. */
export {
  allCapabilities,
  type Capability,
  type ClusterFaults,
  type ClusterOptions,
  type ConnectOptions,
  type FaultPlace,
  type Harness,
  type RawRecord,
  type TestCluster,
} from "./harness.js";
export { keySuite } from "./p1-key/suite.js";
export { partitionSuite } from "./p2-partition/suite.js";
export { lanesSuite } from "./p3-lanes/suite.js";
export { callOrderSuite } from "./p4-call-order/suite.js";
export { oneAtATimeSuite } from "./p5-one-at-a-time/suite.js";
export { causalitySuite } from "./p6-causality/suite.js";
export { failureSuite } from "./p7-failure/suite.js";
/** What a store brings to be tested with the eighth promise. */
export type { StoreHarness } from "./p8-effect-once/stores.js";
export { effectOnceSuite } from "./p8-effect-once/suite.js";
/** What a database brings to be tested with the tenth promise. */
export { type DatabaseHarness, type OutboxDatabase, overDriver } from "./p10-outbox/databases.js";
export { outboxSuite } from "./p10-outbox/suite.js";
