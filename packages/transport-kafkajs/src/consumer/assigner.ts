import { assignLanes, type LaneGroup, type LaneMember, type TopicPartition } from "@keyline/runtime/transport";
import { AssignerProtocol } from "../client/kafkajs.js";
import type { JoinAnswer } from "../client/protocol.js";
import {
  type AssignmentData,
  type MemberData,
  readAssignmentData,
  readMemberData,
  writeUserData,
} from "./user-data.js";

/** The name under which a group's members agree on this way of sharing; a group has one for all. */
export const assignerName = "keyline-lanes";

const { MemberMetadata, MemberAssignment } = AssignerProtocol;

/** A member's subscription as it joins with it. */
export const subscriptionOf = (data: MemberData): Buffer =>
  MemberMetadata.encode({ version: 1, topics: [...topicsOf(data.groups)], userData: writeUserData(data) });

/** What a member got, and what the leader tells every member beside it. */
export interface Assigned extends AssignmentData {
  readonly partitions: readonly TopicPartition[];
}

/** Reads what the leader gave to a member, as far as the member subscribes to it. */
export function assignmentOf(bytes: Buffer, groups: readonly LaneGroup[]): Assigned {
  const decoded = bytes.length > 0 ? MemberAssignment.decode(bytes) : null;
  if (!decoded) return { partitions: [], gaps: [], counts: {} };
  const wanted = topicsOf(groups);
  const partitions = Object.entries(decoded.assignment).flatMap(([topic, numbers]) =>
    wanted.has(topic) ? numbers.map((partition) => ({ topic, partition })) : [],
  );
  return { partitions, ...readAssignmentData(decoded.userData) };
}

/** The members of a group, as each told the leader about itself. */
export function membersOf(members: JoinAnswer["members"]): readonly LaneMember[] {
  return members.map(({ memberId, memberMetadata }) => {
    const told = MemberMetadata.decode(memberMetadata);
    return { memberId, ...readMemberData(told?.userData ?? null, told?.topics ?? []) };
  });
}

/** Every topic that some member subscribes to. */
export const topicsOfAll = (members: readonly LaneMember[]): ReadonlySet<string> =>
  topicsOf(members.flatMap(({ groups }) => groups));

/** The leader's work: what each member gets, encoded. */
export function assignAll(
  members: readonly LaneMember[],
  partitionCounts: ReadonlyMap<string, number>,
): { readonly memberId: string; readonly memberAssignment: Buffer }[] {
  const { assignment, gaps } = assignLanes({ members, partitionCounts });
  return [...assignment].map(([memberId, partitions]) => {
    const topics = Map.groupBy(partitions, ({ topic }) => topic);
    const numbers = [...topics].map(([topic, some]) => [topic, some.map(({ partition }) => partition)] as const);
    const memberAssignment = MemberAssignment.encode({
      version: 1,
      assignment: Object.fromEntries(numbers),
      userData: writeUserData({ gaps, counts: Object.fromEntries(partitionCounts) }),
    });
    return { memberId, memberAssignment };
  });
}

const topicsOf = (groups: readonly LaneGroup[]): ReadonlySet<string> => new Set(groups.flatMap(({ topics }) => topics));
