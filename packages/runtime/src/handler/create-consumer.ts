import { checkFormats, type Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { defaultBufferBytes } from "../group/byte-budget.js";
import { consumerOf } from "../group/consumer.js";
import { checkInstanceId } from "../group/instance-id.js";
import { readTopics } from "../group/read-topics.js";
import { createSession } from "../group/session.js";
import type { Consumer } from "../group/types.js";
import { notingWrongCounts } from "../group/wrong-counts.js";
import { hooksOfGroup, safeHooks } from "../hooks.js";
import { checkNames, type NamesOf } from "../known-names.js";
import { createWriter } from "../producer/writer.js";
import { checkPolicy } from "../retry.js";
import { createCallHandler } from "./call-handler.js";
import type { HandlerEnvironment } from "./environment.js";
import { openHandlerLane } from "./handler-lane.js";
import { createSlots } from "./slots.js";
import type { ConsumerOptions, Handlers } from "./types.js";

/**
 * Creates a consumer that calls a handler for each event: a key's events one after the other, in order, each after its
 * cause; different keys concurrently. At least once: after a crash or a lost lane an event may be handled again. Throws
 * `options_invalid` for an unknown option or topic and for options that contradict each other, and `descriptor_format`
 * for topics that this version cannot read.
 */
export function createConsumer<T extends Topics>(topics: T, options: ConsumerOptions<T>): Consumer {
  const { transport, groupId, clock = Date.now, concurrency = 16 } = options;
  checkFormats(Object.values(topics));
  checkNames("cannot create a consumer", options, names);
  checkPolicy("cannot create a consumer", options.retry);
  checkInstanceId("cannot create a consumer", options.instanceId);
  checkOptions(options, concurrency);
  const read = readTopics(topics, options.on, options.parameters);
  const writer = createWriter({
    transport,
    nowMs: clock,
    hooks: {},
    deliveryTimeoutMs: 120_000,
    lingerMs: 0,
    maxBatchRecords: 1000,
  });
  const counts = notingWrongCounts(safeHooks(options.hooks));
  const env: HandlerEnvironment = {
    transport,
    groupId,
    hooks: hooksOfGroup(counts.hooks, groupId),
    tracing: options.tracing,
    retry: options.retry ?? {},
    handlerTimeoutMs: options.handlerTimeoutMs,
    once: options.once,
    clock,
    nowMs: () => performance.now(),
    writer,
    slots: createSlots(concurrency),
    call: createCallHandler(options.on as Handlers<Topics>),
  };
  const session = createSession({
    ...{
      transport,
      groupId,
      instanceId: options.instanceId,
      topics: read,
      hooks: env.hooks,
      tracing: env.tracing,
      nowMs: env.nowMs,
    },
    bufferRecords: options.bufferRecords ?? 1000,
    bufferBytes: options.bufferBytes ?? defaultBufferBytes,
    onWrongPartition: options.onWrongPartition ?? "process",
    commitIntervalMs: options.commitIntervalMs ?? 1000,
    openLane: (lane, context) => ({ opened: openHandlerLane(env, lane, context), waitsFor: () => null }),
  });
  return consumerOf({ groupId, session, counts, release: () => writer.close(5000) });
}

const names: NamesOf<ConsumerOptions<Topics>> = {
  transport: true,
  groupId: true,
  instanceId: true,
  on: true,
  parameters: true,
  concurrency: true,
  retry: true,
  handlerTimeoutMs: true,
  onFailure: true,
  onWrongPartition: true,
  bufferRecords: true,
  bufferBytes: true,
  once: true,
  commitIntervalMs: true,
  hooks: true,
  tracing: true,
  clock: true,
};

type CheckedOptions = Pick<ConsumerOptions<Topics>, "groupId" | "onFailure" | "handlerTimeoutMs">;

function checkOptions({ groupId, onFailure, handlerTimeoutMs = 1 }: CheckedOptions, concurrency: number) {
  if (onFailure === "hold") {
    throw new KeylineError(
      "options_invalid",
      `group ${groupId} cannot hold failed keys: parking needs a store, which only projections have`,
    );
  }
  if (!(concurrency >= 1))
    throw new KeylineError("options_invalid", `group ${groupId} needs a concurrency of 1 or more`);
  // What a timer of Node cannot wait for, it does not wait for at all.
  if (!(handlerTimeoutMs >= 1 && handlerTimeoutMs < 2 ** 31))
    throw new KeylineError("options_invalid", `group ${groupId} needs a handlerTimeoutMs of 1 to 2147483647`);
}
