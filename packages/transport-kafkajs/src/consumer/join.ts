import type { LaneGroup, LaneMember } from "@keyline/runtime/transport";
import type { Settings } from "../client/options.js";
import type { JoinAnswer, KafkaCluster } from "../client/protocol.js";
import { partitionCounts } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import {
  type Assigned,
  assignAll,
  assignerName,
  assignmentOf,
  membersOf,
  subscriptionOf,
  topicsOfAll,
} from "./assigner.js";
import type { Coordinator } from "./coordinator.js";

/** What a member remembers from one generation of its group to the next. */
export interface MemberState {
  memberId: string;
  /** The lanes that it had last, and the generation that gave it these. */
  previous: LaneMember["previous"];
  version: number;
}

/** A member's place in one generation of its group. */
export interface Generation extends Assigned {
  readonly memberId: string;
  readonly generationId: number;
}

export interface JoinOptions {
  readonly cluster: KafkaCluster;
  readonly coordinator: Coordinator;
  readonly groupId: string;
  readonly groups: readonly LaneGroup[];
  readonly settings: Settings;
  readonly member: MemberState;
  /** Since when the group cannot be joined; gives up when this returns true. */
  readonly givesUp: () => boolean;
  readonly wait: (delayMs: number) => Promise<void>;
}

/** Answers to one who joins while the group changes: it just joins again. */
const again = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "MEMBER_ID_REQUIRED"]);

/** Joins until a generation has the member; null when it gave up. Rejects with what no waiting mends. */
export async function join(options: JoinOptions): Promise<Generation | null> {
  for (let delayMs = 50; !options.givesUp(); delayMs = Math.min(delayMs * 2, 1000)) {
    try {
      await options.cluster.connect();
      return await joinOnce(options);
    } catch (caught) {
      const { type, passing } = failureOf(caught);
      if (type === "UNKNOWN_MEMBER_ID") options.member.memberId = "";
      if (type !== null && again.has(type)) continue;
      if (!passing) throw transportError(caught, `join the group ${options.groupId}`);
      await options.wait(delayMs);
    }
  }
  return null;
}

async function joinOnce(options: JoinOptions): Promise<Generation> {
  const { coordinator, groupId, groups, settings, member } = options;
  const { previous, version } = member;
  const joined = await coordinator.ask((broker) =>
    broker.joinGroup({
      groupId,
      memberId: member.memberId,
      sessionTimeout: settings.sessionTimeoutMs,
      rebalanceTimeout: settings.rebalanceTimeoutMs,
      groupProtocols: [{ name: assignerName, metadata: subscriptionOf({ groups, previous, version }) }],
    }),
  );
  const { memberId, generationId } = joined;
  member.memberId = memberId;
  const groupAssignment = joined.leaderId === memberId ? await shareOut(options, joined) : [];
  const { memberAssignment } = await coordinator.ask((broker) =>
    broker.syncGroup({ groupId, memberId, generationId, groupAssignment }),
  );
  return { memberId, generationId, ...assignmentOf(memberAssignment, groups) };
}

async function shareOut({ cluster }: JoinOptions, joined: JoinAnswer) {
  const members = membersOf(joined.members);
  // kafkajs knows the leader's own topics alone; a member may read others.
  const counts = await partitionCounts(cluster, [...topicsOfAll(members)]);
  return assignAll(members, counts);
}
