import { isDeepStrictEqual } from "node:util";
import { KeylineError } from "@keyline/runtime";
import { type LaneGroup, type LaneMember, lanesOf, retry } from "@keyline/runtime/transport";
import { atMost, type Cluster } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { partitionCounts } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import { joinGroup, leaveGroup, syncGroup } from "../wire/groups.js";
import {
  type Assigned,
  assignAll,
  assignerName,
  assignmentOf,
  type JoinedMember,
  membersOf,
  subscriptionOf,
  topicsOfAll,
} from "./assigner.js";
import type { Coordinator } from "./coordinator.js";
import type { AssignmentData } from "./user-data.js";

/** What a member remembers from one generation of its group to the next. */
export interface MemberState {
  memberId: string;
  /** Whether it was in a generation by that name: until then a coordinator that takes over does not know the name. */
  isKept: boolean;
  /** The lanes that it had last, and the generation that gave it these. */
  previous: LaneMember["previous"];
  version: number;
  /** The partition counts that this generation's leader shared out by. */
  counts: AssignmentData["counts"];
}

/** A member's place in one generation of its group. */
export interface Generation extends Assigned {
  readonly memberId: string;
  readonly generationId: number;
  /** Whether it looks after the group's partition counts: the leader that shared out, or one that may have its place. */
  readonly watches: boolean;
}

export interface JoinOptions {
  readonly cluster: Cluster;
  readonly coordinator: Coordinator;
  readonly groupId: string;
  /** Of a static member. */
  readonly instanceId: string | null;
  readonly groups: readonly LaneGroup[];
  readonly announces: readonly string[];
  readonly settings: Settings;
  readonly member: MemberState;
  /** Gives up when this is aborted. */
  readonly signal: AbortSignal;
}

/** Answers to a member that joins while the group changes: it joins again at once. */
const again = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "MEMBER_ID_REQUIRED"]);

/** Joins until a generation has the member; null when it gave up. Rejects with what will not pass. */
export async function join(options: JoinOptions): Promise<Generation | null> {
  const { groupId, instanceId, member, signal } = options;
  const attempt = async () => {
    while (!signal.aborted) {
      try {
        const generation = await joinOnce(options);
        if (generation !== "outdated") return generation;
      } catch (caught) {
        const { type, retryable } = failureOf(caught);
        if (type === "UNKNOWN_MEMBER_ID") member.memberId = "";
        // A coordinator that takes over fences a static member that comes by a name which it has not kept.
        if (retryable && instanceId !== null && !member.isKept) member.memberId = "";
        // The coordinator names one that joins for the first time, and waits for it under that name.
        if (type === "MEMBER_ID_REQUIRED") member.memberId = (caught as NamedMember).answer.memberId;
        if (type === null || !again.has(type)) throw caught;
      }
    }
    return null;
  };
  const mayRetry = (caught: unknown) => failureOf(caught).retryable;
  try {
    return await retry({ firstPauseMs: 50, longestPauseMs: 1000, mayRetry, signal }, attempt);
  } catch (caught) {
    if (signal.aborted && failureOf(caught).retryable) return null;
    throw transportError(caught, `join the group ${groupId}`);
  }
}

/** A broker has no better answer to a member whose group has members of the new group protocol (KIP-848). */
function unreadable(caught: unknown, groupId: string): unknown {
  if (failureOf(caught).type !== "UNKNOWN") return caught;
  const reason = "the broker answers UNKNOWN, as it does where a group has members of the new group protocol";
  const message = `cannot join the group ${groupId}: ${reason}: give Keyline's consumers a group of their own`;
  return new KeylineError("options_invalid", message, { cause: caught });
}

/** The way of an answer, beside the time that the broker waits. */
const answerTakesMs = 5000;

interface NamedMember {
  readonly answer: { readonly memberId: string };
}

/**
 * One generation, or "outdated" where the coordinator gave a static member the place that it had before it was started
 * again, and that was made for another subscription: joining again with what it remembers now makes the group share out.
 */
async function joinOnce(options: JoinOptions): Promise<Generation | "outdated"> {
  const { coordinator, groupId, instanceId, groups, announces, settings, member } = options;
  const { previous, version } = member;
  const { sessionTimeoutMs, rebalanceTimeoutMs } = settings;
  const metadata = subscriptionOf({ groups, previous, version, announces });
  const request = joinGroup({
    ...{ groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId: member.memberId, instanceId },
    ...{ protocolType: "consumer", protocols: [{ name: assignerName, metadata }] },
  });
  // Answered when every member has come.
  const asked = coordinator.ask({ ...request, mayTakeMs: rebalanceTimeoutMs + answerTakesMs });
  const joined = await asked.catch((caught: unknown) => {
    throw unreadable(caught, groupId);
  });
  const { memberId, generation: generationId } = joined;
  const isBack = instanceId !== null && member.memberId === "";
  if (memberId !== member.memberId) Object.assign(member, { memberId, isKept: false });
  const isLeader = joined.leaderId === memberId;
  const assignments = isLeader ? await shareOut(options, joined.members) : [];
  const sync = syncGroup({ groupId, generation: generationId, memberId, instanceId, assignments });
  // Answered when the leader has shared out.
  const { assignment } = await coordinator.ask({ ...sync, mayTakeMs: rebalanceTimeoutMs + answerTakesMs });
  const assigned = assignmentOf(assignment, groups);
  member.isKept = true;
  member.previous = lanesOf(groups, assigned.partitions);
  member.version = generationId;
  member.counts = assigned.counts;
  if (isBack && !isDeepStrictEqual(assigned.groups, groups)) return "outdated";
  // The coordinator names the leader that it had, which may be this member before it was started again.
  return { memberId, generationId, watches: isLeader || isBack, ...assigned };
}

async function shareOut({ cluster }: JoinOptions, joined: readonly JoinedMember[]) {
  const members = membersOf(joined);
  const counts = await partitionCounts(cluster, [...topicsOfAll(members)]);
  return assignAll(members, counts);
}

/** How long a group may take to answer a member that leaves. */
const leaveWithinMs = 3000;

/** Leaves the group at once; where that fails, or brings no answer, the group finds out after the session timeout. */
export async function leave(coordinator: Coordinator, groupId: string, { memberId }: MemberState): Promise<void> {
  if (memberId === "") return;
  await atMost(leaveWithinMs, coordinator.ask(leaveGroup({ groupId, memberId })));
}
