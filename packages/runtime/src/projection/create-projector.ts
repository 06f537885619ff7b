import { defaultBufferBytes } from "../group/byte-budget.js";
import { consumerOf } from "../group/consumer.js";
import { checkInstanceId } from "../group/instance-id.js";
import { createSession } from "../group/session.js";
import { notingWrongCounts } from "../group/wrong-counts.js";
import { hooksOfGroup, safeHooks } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import { checkNames, type NamesOf } from "../known-names.js";
import type { ReadTopic } from "../lane/arrival.js";
import { createProducerCore } from "../producer/core.js";
import { checkPolicy } from "../retry.js";
import { checkStore } from "../stored-format.js";
import { domainOf } from "./domain-of.js";
import type { LaneEnvironment } from "./lane-environment.js";
import { openProjectionLane } from "./projection-lane.js";
import type { Projector, ProjectorOptions } from "./types.js";

/**
 * Runs a projection: every event changes state, positions, timers and outgoing events together or not at all, once
 * (P8), even if processes stop, stall or overlap. Any number of copies may run; they share the lanes. Throws
 * `options_invalid` for an unknown option.
 */
export function createProjector(options: ProjectorOptions): Projector {
  const { projection, transport, clock = Date.now } = options;
  checkNames(`cannot run ${projection.name}`, options, names);
  checkPolicy(`cannot run ${projection.name}`, options.retry);
  checkInstanceId(`cannot run ${projection.name}`, options.instanceId);
  checkStore(options.store);
  const groupId = options.groupId ?? projection.name;
  const counts = notingWrongCounts(safeHooks(options.hooks));
  const hooks = hooksOfGroup(counts.hooks, groupId);
  const topics = Object.entries(projection.reads).map(
    ([name, topic]): ReadTopic => ({ name, topic, address: topic.address }),
  );
  const domain = domainOf(projection);
  const core = createProducerCore([...Object.values(projection.reads), ...Object.values(projection.emits)], {
    transport,
    source: options.source ?? projection.name,
    clock,
    maxQueued: Number.POSITIVE_INFINITY,
    hooks: counts.hooks,
    ...(options.tracing ? { tracing: options.tracing } : {}),
  });
  const nowMs = () => performance.now();
  let partitions = domain.partitions ?? 0;
  const env: LaneEnvironment = {
    projection,
    transport,
    store: options.store,
    core,
    groupId,
    hooks,
    tracing: options.tracing,
    retry: options.retry ?? {},
    topics,
    domainTopics: domain.topics,
    holds: options.onFailure === "hold",
    maxParked: options.maxParked ?? 1000,
    clock,
    nowMs,
    wallClock: options.timers !== "events",
    maxBatchEvents: options.maxBatchEvents ?? 500,
    cachedKeys: options.cachedKeys ?? 10_000,
    homeLane: (key) => partitionOf(domain.partitioner, Buffer.from(key), partitions),
  };
  const session = createSession({
    transport,
    groupId,
    instanceId: options.instanceId,
    topics,
    hooks,
    tracing: options.tracing,
    nowMs,
    bufferRecords: options.bufferRecords ?? 2000,
    bufferBytes: options.bufferBytes ?? defaultBufferBytes,
    onWrongPartition: options.onWrongPartition ?? "process",
    commitIntervalMs: 1000,
    openLane: (lane, context) =>
      openProjectionLane(env, lane, context, async () => {
        if (partitions === 0) partitions = await countOf(transport, lane.group.topics);
      }),
  });
  return consumerOf({ groupId, session, counts, release: () => core.close(5000) });
}

const names: NamesOf<ProjectorOptions> = {
  projection: true,
  transport: true,
  store: true,
  groupId: true,
  instanceId: true,
  source: true,
  retry: true,
  timers: true,
  onFailure: true,
  maxParked: true,
  onWrongPartition: true,
  bufferRecords: true,
  bufferBytes: true,
  maxBatchEvents: true,
  cachedKeys: true,
  hooks: true,
  tracing: true,
  clock: true,
};

async function countOf(transport: ProjectorOptions["transport"], topics: readonly string[]): Promise<number> {
  const counts = await transport.partitionCounts(topics);
  return Math.max(1, ...counts.values());
}
