import { KeylineError } from "../errors.js";
import type { Hooks } from "../hooks.js";
import { arrive, type ReadTopic } from "../lane/arrival.js";
import { finishedTo } from "../lane/partition-log.js";
import type {
  LaneGroup,
  RecordBatch,
  StartPosition,
  TopicPartition,
  Transport,
  TransportConsumer,
} from "../ports/transport.js";
import { createTopology } from "../topology.js";
import { createBackpressure } from "./backpressure.js";
import { caughtUp } from "./caught-up.js";
import { checkTopics } from "./check-topics.js";
import { laneGroups } from "./lane-groups.js";
import type { LaneWorker, OwnedLane, SessionContext, StopReason, TakenLane } from "./lane-worker.js";

export interface SessionOptions {
  readonly transport: Transport;
  readonly groupId: string;
  readonly topics: readonly ReadTopic[];
  readonly hooks: Hooks;
  readonly nowMs: () => number;
  readonly bufferRecords: number;
  readonly onWrongPartition: "process" | "dead-letter";
  readonly commitIntervalMs: number;
  /** Opens a lane: where each partition starts, and who works on it. */
  openLane(lane: TakenLane, session: SessionContext): Promise<{ worker: LaneWorker; starts: readonly StartPosition[] }>;
}

/** A member of a group with its lanes: the part that plain consumers and projections share. */
export interface Session {
  start(): Promise<void>;
  close(): Promise<void>;
  /** Settles when the session ends: rejects with what ended it, unless it was closed. */
  readonly ended: Promise<void>;
  /** Resolves when everything that lies in the owned lanes' logs at the call is finished. */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  lanes(): Iterable<OwnedLane>;
}

const askEndsEveryMs = 50;

/** @see Session */
export function createSession(options: SessionOptions): Session {
  const { transport, hooks } = options;
  const topology = createTopology(transport);
  const groups = laneGroups(options.topics);
  const topicOf = new Map(options.topics.map((topic) => [topic.address, topic]));
  const readsOf = new Map(groups.map((group) => [group.name, new Set(group.topics)]));
  const groupOf = new Map(groups.flatMap((group) => group.topics.map((topic) => [topic, group] as const)));
  const lanes = new Map<string, OwnedLane>();
  const committed = new Map<string, number>();
  const ending = Promise.withResolvers<void>();
  ending.promise.catch(() => undefined);
  let consumer: TransportConsumer | null = null;
  let clusterId = "";
  let timer: NodeJS.Timeout | null = null;
  let asking = false;
  let lastCommitMs = 0;
  let closing: Promise<void> | null = null;
  /** The last assignment, settled or not. */
  let assigning: Promise<void> = Promise.resolve();

  const laneName = (group: LaneGroup, lane: number) => `${group.name}/${lane}`;

  const laneOf = ({ topic, partition }: TopicPartition) => {
    const group = groupOf.get(topic);
    return group && lanes.get(laneName(group, partition));
  };

  const open = (): TransportConsumer => {
    if (!consumer) throw new KeylineError("closed", "the consumer is not started");
    return consumer;
  };

  const pressure = createBackpressure({ transport, consumer: open, bufferRecords: options.bufferRecords });

  const assigned = (partitions: readonly TopicPartition[]): Promise<StartPosition[]> => {
    const opening = openLanes(partitions);
    assigning = opening.then(
      () => undefined,
      () => undefined,
    );
    return opening;
  };

  const openLanes = async (partitions: readonly TopicPartition[]): Promise<StartPosition[]> => {
    const taken = new Map<string, { group: LaneGroup; lane: number; partitions: TopicPartition[] }>();
    for (const partition of partitions) {
      const group = groupOf.get(partition.topic);
      if (!group) continue;
      const name = laneName(group, partition.partition);
      const lane = taken.get(name) ?? { group, lane: partition.partition, partitions: [] };
      lane.partitions.push(partition);
      taken.set(name, lane);
    }
    const opened = await Promise.all(
      [...taken].map(async ([name, lane]) => {
        const { worker, starts } = await options.openLane(lane, { clusterId, consumer: open(), fail });
        for (const start of starts) worker.queue.open(start, start.offset);
        lanes.set(name, { ...lane, worker });
        return starts;
      }),
    );
    return opened.flat();
  };

  const revoked = async (partitions: readonly TopicPartition[], reason: StopReason) => {
    const given = new Set(partitions.flatMap((partition) => laneOf(partition) ?? []));
    await Promise.all([...given].map((lane) => giveBack(lane, reason)));
  };

  const giveBack = async (lane: OwnedLane, reason: StopReason) => {
    const name = laneName(lane.group, lane.lane);
    const isOurs = () => lanes.get(name) === lane;
    if (reason === "lost") lanes.delete(name);
    await lane.worker.stop(reason);
    if (reason !== "lost") {
      // Lost while its handlers ended, perhaps even taken again.
      if (!isOurs()) return;
      await commitLast(lane);
      if (!isOurs()) return;
      lanes.delete(name);
    }
    hooks.laneLost?.({ group: options.groupId, domain: lane.group.name, lane: lane.lane, reason });
  };

  /** A commit is a hint: without it the next owner handles again what was finished last. */
  const commitLast = (lane: OwnedLane) =>
    commit([lane]).catch((caught) => {
      if (!isPassing(caught)) throw caught;
    });

  const batch = (fetched: RecordBatch) => {
    const lane = laneOf(fetched);
    const topic = topicOf.get(fetched.topic);
    if (!lane || !topic) return;
    const { queue } = lane.worker;
    const log = queue.log(fetched);
    // A fetch that was under way when the lane was opened anew brings what is known already.
    const records = fetched.records.filter((record) => record.offset >= (log?.next ?? 0));
    const arrivalOptions = {
      reads: readsOf.get(lane.group.name) ?? new Set<string>(),
      partitions: topology.partitionsOf(topic.topic, topic.address),
      clusterId,
      onWrongPartition: options.onWrongPartition,
      hooks,
    };
    queue.add(
      fetched,
      fetched.nextOffset,
      records.map((record) => arrive(record, topic, arrivalOptions)),
    );
    if (log) pressure.regulate(log, false);
    lane.worker.wake();
  };

  /** A held event may wait for what the log does not have: the broker is asked after the hold began. */
  const askEnds = async (worker: LaneWorker) => {
    const awaited = worker.queue.awaited();
    if (awaited.length === 0) return;
    const askedAtMs = options.nowMs();
    const ranges = await transport.logRanges(awaited);
    const ends = new Map(awaited.map((log, index) => [log, ranges[index]?.end ?? 0]));
    await pressure.lookThrough(worker.queue, ends);
    for (const [log, end] of ends) worker.queue.logEnd(log, end, askedAtMs);
    worker.wake();
  };

  const commit = async (owned: Iterable<OwnedLane>) => {
    const offsets = [...owned].flatMap(({ worker }) =>
      [...worker.queue.logs()].flatMap((log) => {
        const offset = finishedTo(log);
        const name = `${log.topic}/${log.partition}`;
        if (committed.get(name) === offset) return [];
        committed.set(name, offset);
        return [{ topic: log.topic, partition: log.partition, offset }];
      }),
    );
    if (offsets.length > 0) await open().commit(offsets);
  };

  const tick = async () => {
    for (const { worker } of lanes.values()) {
      const awaited = new Set(worker.queue.awaited());
      for (const log of worker.queue.logs()) pressure.regulate(log, awaited.has(log));
      worker.wake();
    }
    if (asking) return;
    asking = true;
    try {
      if (options.nowMs() - lastCommitMs >= options.commitIntervalMs) {
        lastCommitMs = options.nowMs();
        await commit(lanes.values());
      }
      // After the commit, which is not to wait for a part of the log that cannot be read for now.
      await Promise.all([...lanes.values()].map(({ worker }) => askEnds(worker)));
    } catch (caught) {
      // Both are tried again at the next tick: a commit is a hint, and a hold can wait.
      committed.clear();
      if (!isPassing(caught)) fail(caught);
    } finally {
      asking = false;
    }
  };

  const fail = (caught: unknown) => {
    ending.reject(KeylineError.from(caught, "transport_unavailable", "the consumer stopped"));
    void close().catch(() => undefined);
  };

  const close = (): Promise<void> => {
    closing ??= (async () => {
      if (timer) clearInterval(timer);
      await consumer?.stop();
      ending.resolve();
    })();
    return closing;
  };

  return {
    ended: ending.promise,
    lanes: () => lanes.values(),
    async start() {
      clusterId = await transport.clusterId();
      await checkTopics(topology, options.groupId, options.topics);
      consumer = transport.createConsumer({
        groupId: options.groupId,
        groups,
        events: {
          assigned,
          revoked,
          batch,
          failed: fail,
          unread: (partitions) => hooks.unread?.({ group: options.groupId, partitions }),
        },
      });
      lastCommitMs = options.nowMs();
      timer = setInterval(() => void tick(), askEndsEveryMs);
      await consumer.start();
      // Who starts a consumer finds it at work: the first assignment is handed over in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      await assigning;
    },
    close,
    caughtUp({ signal } = {}) {
      const workers = [...lanes.values()].map(({ worker }) => worker);
      const owns = (worker: LaneWorker) => [...lanes.values()].some((lane) => lane.worker === worker);
      return caughtUp(transport, workers, owns, () => {
        signal?.throwIfAborted();
        if (closing) throw new KeylineError("closed", "the consumer was closed before it had caught up");
      });
    },
  };
}

/** Whether it can be tried again later. */
const isPassing = (caught: unknown) => KeylineError.from(caught, "transport_unavailable", "tick").retryable;
