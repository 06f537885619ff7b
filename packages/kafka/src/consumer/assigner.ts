import { assignLanes, type LaneGroup, type LaneMember, type TopicPartition } from "@keyline/runtime/transport";
import { perTopic } from "../partitions.js";
import { ByteReader } from "../wire/byte-reader.js";
import { memberAssignment, memberMetadata } from "../wire/groups.js";
import { bytesOf } from "../wire/types.js";
import {
  type AssignmentData,
  type MemberData,
  readAssignmentData,
  readMemberData,
  writeUserData,
} from "./user-data.js";

/** The name under which a group's members agree on this way of sharing; a group has one for all. */
export const assignerName = "keyline-lanes";

/** A member's subscription as it joins with it. */
export const subscriptionOf = (data: MemberData): Buffer =>
  bytesOf(memberMetadata, { version: 1, topics: [...topicsOf(data.groups)], userData: writeUserData(data) });

/** What a member got, and what the leader tells every member beside it. */
export interface Assigned extends AssignmentData {
  readonly partitions: readonly TopicPartition[];
}

/** Reads what the leader gave to a member, as far as the member subscribes to it. */
export function assignmentOf(bytes: Buffer, groups: readonly LaneGroup[]): Assigned {
  if (bytes.length === 0) return { partitions: [], gaps: [], counts: {} };
  const { topics, userData } = memberAssignment.read(new ByteReader(bytes));
  const wanted = topicsOf(groups);
  const partitions = topics.flatMap(({ topic, partitions: numbers }) =>
    wanted.has(topic) ? numbers.map((partition) => ({ topic, partition })) : [],
  );
  return { partitions, ...readAssignmentData(userData) };
}

/** A member, as the leader of its group sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly metadata: Buffer;
}

/** The members of a group, as each described itself to the leader. */
export function membersOf(members: readonly JoinedMember[]): readonly LaneMember[] {
  return members.map(({ memberId, metadata }) => {
    const { topics, userData } = memberMetadata.read(new ByteReader(metadata));
    return { memberId, ...readMemberData(userData, topics) };
  });
}

/** Every topic that some member subscribes to. */
export const topicsOfAll = (members: readonly LaneMember[]): ReadonlySet<string> =>
  topicsOf(members.flatMap(({ groups }) => groups));

/** The leader's work: what each member gets, encoded. */
export function assignAll(
  members: readonly LaneMember[],
  partitionCounts: ReadonlyMap<string, number>,
): { readonly memberId: string; readonly assignment: Buffer }[] {
  const { assignment, gaps } = assignLanes({ members, partitionCounts });
  const told = { gaps, counts: Object.fromEntries(partitionCounts) };
  const groupsOf = new Map(members.map(({ memberId, groups }) => [memberId, groups]));
  return [...assignment].map(([memberId, partitions]) => {
    const userData = writeUserData({ ...told, groups: groupsOf.get(memberId) ?? [] });
    const topics = perTopic(partitions, ({ partition }) => partition);
    return { memberId, assignment: bytesOf(memberAssignment, { version: 1, topics, userData }) };
  });
}

const topicsOf = (groups: readonly LaneGroup[]): ReadonlySet<string> => new Set(groups.flatMap(({ topics }) => topics));
