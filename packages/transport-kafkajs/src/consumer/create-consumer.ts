import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import type { TransportConsumer, TransportConsumerOptions } from "@keyline/runtime/transport";
import type { Kafka } from "kafkajs";
import { disconnect, openCluster, persist, perTopic } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { failureOf, transportError } from "../errors.js";
import { lanesOf } from "./assigner.js";
import { createCoordinator } from "./coordinator.js";
import { createFetcher, type Fetcher } from "./fetcher.js";
import { type Generation, join, type MemberState } from "./join.js";
import { createTenure, type Ending, type Tenure } from "./tenure.js";

/** Answers to a commit of one who does not own what it commits any more. */
const notOwned = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID"]);

/** How long offsets are tried to be read and written while their broker moves. */
const offsetsWithinMs = 15_000;

/**
 * A member of a group on kafkajs' requests. kafkajs' own consumer beats only between batches, tells of a lost partition
 * after it is lost, commits for partitions of others, and jumps where the log has lost something.
 */
export function createKafkajsConsumer(
  kafka: Kafka,
  settings: Settings,
  options: TransportConsumerOptions,
): TransportConsumer {
  const { groupId, groups, events } = options;
  const cluster = openCluster(kafka);
  const coordinator = createCoordinator(cluster, groupId);
  const stopping = new AbortController();
  const joined = Promise.withResolvers<void>();
  const member: MemberState = { memberId: "", previous: [], version: 0 };
  const limits = {
    maxWaitMs: settings.maxWaitMs,
    maxBytesPerPartition: options.maxBytesPerPartition ?? settings.maxBytesPerPartition,
  };
  /** What was told to `assigned` and `revoked`, one after the other. */
  let turns: Promise<unknown> = Promise.resolve();
  let current: Tenure | null = null;
  let fetcher: Fetcher | null = null;
  let gapsTold = false;
  let started = false;
  let running: Promise<void> | null = null;

  const wait = (delayMs: number) => sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);

  const tellUnread = ({ gaps }: Generation) => {
    if (gaps.length > 0 || gapsTold) events.unread?.(gaps);
    gapsTold = gaps.length > 0;
  };

  /** Hands over what the generation gave; nothing is fetched before it is known from where. */
  const take = (tenure: Tenure) => {
    const { partitions } = tenure.generation;
    const own = createFetcher({
      cluster,
      limits,
      isLive: () => current === tenure && tenure.isLive(),
      batch: (batch) => events.batch(batch),
      failed: (error) => tenure.end({ kind: "failed", error }),
    });
    fetcher = own;
    const before = turns;
    turns = (async () => {
      await before;
      if (partitions.length === 0 || current !== tenure) return;
      try {
        const positions = await events.assigned(partitions);
        if (current === tenure) own.start(positions);
      } catch (error) {
        tenure.end({ kind: "failed", error });
      }
    })();
  };

  const revoke = (tenure: Tenure, reason: "rebalance" | "closed" | "lost"): Promise<unknown> => {
    const { partitions } = tenure.generation;
    if (partitions.length === 0) return turns;
    turns = turns.then(() => events.revoked(partitions, reason));
    // Whoever waits for it sees the rejection; nobody has to.
    turns.catch(() => undefined);
    return turns;
  };

  /** Waits until everything is let go, but no longer than the group waits, or the session lives. */
  const letGo = async (tenure: Tenure, reason: "rebalance" | "closed") => {
    const timer = new AbortController();
    // The group began to wait before this member knew.
    const patienceMs = Math.max(settings.rebalanceTimeoutMs - 2 * settings.heartbeatIntervalMs, 1);
    const late = sleep(patienceMs, true, { signal: timer.signal }).catch(() => true);
    const gone = await Promise.race([revoke(tenure, reason).then(() => false), tenure.lost.then(() => true), late]);
    timer.abort();
    tenure.leave();
    if (gone && tenure.generation.partitions.length > 0) {
      // At once: the one before is under way still.
      const lost = events.revoked(tenure.generation.partitions, "lost");
      turns = Promise.allSettled([turns, lost]);
    }
  };

  const release = async (tenure: Tenure, { kind }: Ending) => {
    fetcher?.close();
    if (kind === "rebalance" || kind === "closed") await letGo(tenure, kind);
    else {
      tenure.leave();
      void revoke(tenure, "lost");
    }
    if (current === tenure) current = null;
  };

  const serve = async (generation: Generation): Promise<Ending> => {
    const tenure = createTenure({ coordinator, groupId, generation, settings });
    current = tenure;
    member.previous = lanesOf(groups, generation.partitions);
    member.version = generation.generationId;
    take(tenure);
    tellUnread(generation);
    // A member that starts is handed its lanes in the same turn.
    started = true;
    joined.resolve();
    const stop = () => tenure.end({ kind: "closed" });
    stopping.signal.addEventListener("abort", stop, { once: true });
    if (stopping.signal.aborted) stop();
    const ending = await tenure.ended;
    stopping.signal.removeEventListener("abort", stop);
    await release(tenure, ending);
    return ending;
  };

  const connect = () =>
    persist(cluster, { withinMs: settings.requestTimeoutMs, signal: stopping.signal }, () =>
      cluster.addMultipleTargetTopics([...new Set(groups.flatMap(({ topics }) => topics))]),
    );

  const run = async () => {
    await connect();
    while (!stopping.signal.aborted) {
      const givesUp = () => stopping.signal.aborted;
      const generation = await join({ cluster, coordinator, groupId, groups, settings, member, givesUp, wait });
      if (!generation) break;
      const ending = await serve(generation);
      if (ending.kind === "failed") throw ending.error;
      // A lost session's last `revoked` may take its time; what comes next is told after it, and joined before.
    }
  };

  const leave = async () => {
    const { memberId } = member;
    if (memberId !== "")
      await coordinator.ask((broker) => broker.leaveGroup({ groupId, memberId })).catch(() => undefined);
    await disconnect(cluster);
  };

  const go = async () => {
    let failed: { readonly error: unknown } | null = null;
    await run().catch((caught: unknown) => {
      failed = { error: transportError(caught, `read with group ${groupId}`) };
    });
    await leave();
    if (!failed) return joined.resolve();
    const { error } = failed as { error: unknown };
    if (started) events.failed(error);
    else joined.reject(error);
  };

  return {
    async start() {
      if (stopping.signal.aborted) throw new KeylineError("closed", `the consumer of group ${groupId} was stopped`);
      running ??= go();
      await joined.promise;
    },
    async committed(partitions) {
      const topics = perTopic(partitions, ({ partition }) => ({ partition }));
      try {
        const { responses } = await coordinator.persist(offsetsWithinMs, (broker) =>
          broker.offsetFetch({ groupId, topics }),
        );
        const found = new Map(
          responses.flatMap(({ topic, partitions: some }) =>
            some.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
          ),
        );
        return partitions.map(({ topic, partition }) => {
          const offset = found.get(`${topic}/${partition}`) ?? -1;
          return offset < 0 ? null : offset;
        });
      } catch (caught) {
        throw transportError(caught, `read the offsets of group ${groupId}`);
      }
    },
    pause: (partitions) => fetcher?.pause(partitions),
    resume: (partitions) => fetcher?.resume(partitions),
    async commit(offsets) {
      const tenure = current;
      if (!tenure?.isLive()) return;
      const owned = offsets.filter((offset) => tenure.owns(offset));
      if (owned.length === 0) return;
      const { memberId, generationId } = tenure.generation;
      try {
        await coordinator.persist(offsetsWithinMs, (broker) =>
          broker.offsetCommit({
            groupId,
            memberId,
            groupGenerationId: generationId,
            topics: perTopic(owned, ({ partition, offset }) => ({ partition, offset: String(offset) })),
          }),
        );
      } catch (caught) {
        const { type } = failureOf(caught);
        if (type && notOwned.has(type)) return;
        throw transportError(caught, `commit for group ${groupId}`);
      }
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
