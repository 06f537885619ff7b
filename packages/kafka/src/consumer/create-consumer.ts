import { KeylineError } from "@keyline/runtime";
import type { TransportConsumer, TransportConsumerOptions } from "@keyline/runtime/transport";
import type { Clusters } from "../client/client.js";
import { retryOn } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { knowTopics, topicIds } from "../client/topics.js";
import { transportError } from "../errors.js";
import { createCoordinator } from "./coordinator.js";
import { join, leave, type MemberState } from "./join.js";
import { createLogIdentity } from "./log-identity.js";
import type { Ending } from "./membership.js";
import { commitOffsets, readOffsets } from "./offsets.js";
import { createServer } from "./serve.js";

/**
 * A member of a group: it beats from a timer, reports an expiring session before the broker ends it, commits only what it owns, and
 * never jumps where the log has lost something.
 *
 * Invariant: it runs once, and ends for good: by `stop`, or by the first failure. A failure before it has joined is the
 * rejection of `start`, and a later one is reported to `failed`; either once.
 */
export function createKafkaConsumer(
  clusters: Clusters,
  settings: Settings,
  options: TransportConsumerOptions,
): TransportConsumer {
  const { groupId, instanceId = null, groups, events, announces = [] } = options;
  const topics = [...new Set(groups.flatMap((group) => group.topics))];
  const cluster = clusters.open(topics);
  const coordinator = createCoordinator(cluster, groupId);
  const stopping = new AbortController();
  const { signal } = stopping;
  const joined = Promise.withResolvers<void>();
  const member: MemberState = { memberId: "", isKept: false, previous: [], version: 0, counts: {} };
  const identity = createLogIdentity((some) => topicIds(cluster, some));
  let failure: { readonly error: unknown } | null = null;
  let hasJoined = false;
  // A static member keeps its place for whatever is started next with its id.
  let isLeaving = instanceId === null;
  let running: Promise<void> | null = null;

  const failed = (error: unknown) => {
    failure ??= { error };
    stopping.abort("failed" satisfies Ending);
  };

  const server = createServer({ cluster, coordinator, settings, identity, consumer: options, signal, failed });

  const serveAll = async () => {
    await retryOn(cluster, { withinMs: settings.requestTimeoutMs, signal }, async () => {
      await knowTopics(cluster, topics);
      await identity.begin(topics);
    });
    while (!signal.aborted) {
      const generation = await join({
        ...{ cluster, coordinator, groupId, instanceId, groups, announces, settings, member, signal },
      });
      if (!generation) return;
      const serving = server.serve(generation);
      // A member that starts is handed its lanes in the same turn.
      hasJoined = true;
      joined.resolve();
      // The last `revoked` of a lost session may take its time: the next generation is joined meanwhile, and reported after it.
      await serving;
    }
  };

  const run = async () => {
    await serveAll().catch(failed);
    if (isLeaving) await leave(coordinator, groupId, member);
    cluster.close();
    if (!failure) return joined.resolve();
    const error = transportError(failure.error, `read with group ${groupId}`);
    if (hasJoined) events.failed(error);
    else joined.reject(error);
  };

  return {
    async start() {
      if (signal.aborted) throw new KeylineError("closed", `the consumer of group ${groupId} was stopped`);
      running ??= run();
      await joined.promise;
    },
    committed: (partitions) => readOffsets(coordinator, groupId, partitions),
    pause: (partitions) => server.current()?.fetcher.pause(partitions),
    resume: (partitions) => server.current()?.fetcher.resume(partitions),
    async commit(offsets) {
      const serving = server.current();
      if (serving) await commitOffsets(coordinator, groupId, serving.membership, offsets, signal.aborted);
    },
    topicId: (topic) => identity.ids.get(topic) ?? null,
    sharedOut: () => new Map(Object.entries(member.counts)),
    async stop({ leave: isAsked = false } = {}) {
      isLeaving ||= isAsked;
      stopping.abort("closed" satisfies Ending);
      await running;
    },
  };
}
