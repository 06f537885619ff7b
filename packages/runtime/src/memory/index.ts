/**
 * A Kafka-like cluster in memory: for tests, for demos, and for finding out what an app does when a broker misbehaves.
 *
 * ```ts
 * const cluster = createMemoryCluster({ seed: 7 });
 * cluster.createTopic("code.executed", { partitions: 12 });
 * const transport = cluster.transport(); // one for each process that the test plays
 * const wake = cluster.faults.stall(transport, { expireAfterMs: 0 });
 * ```
 *
 * @module
 */

export { createMemoryCluster, type MemoryCluster, type MemoryClusterOptions } from "./cluster.js";
export type { FaultOptions, ForeignRecord, MemoryFaults, StallTarget } from "./faults.js";
export type { GroupDescription } from "./group.js";
export type { Off, PartitionFilter } from "./switches.js";
export type { MemoryTopicOptions } from "./topics.js";
export type { MemoryTransportOptions } from "./transport.js";
