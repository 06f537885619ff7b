import type { GroupState, MemberState, TopicPartition } from "@keyline/runtime/transport";
import type { Admin, GroupDescription, MemberDescription } from "kafkajs";
import { AssignerProtocol } from "../client/kafkajs.js";
import { readAnnounced } from "../consumer/user-data.js";

/** How many groups are asked about at once. */
const questions = 8;

/** The consumer groups that own, or have recorded offsets of, one of the topics, by their names. */
export async function groupsOf(admin: Admin, topics: readonly string[]): Promise<readonly GroupState[]> {
  const there = new Set(await admin.listTopics());
  const known = topics.filter((topic) => there.has(topic));
  const { groups } = await admin.listGroups();
  const names = groups
    .filter(({ protocolType }) => ["consumer", ""].includes(protocolType))
    .map(({ groupId }) => groupId);
  const found: GroupState[] = [];
  for (let at = 0; known.length > 0 && at < names.length; at += questions) {
    const some = names.slice(at, at + questions);
    found.push(...(await Promise.all(some.map((groupId) => groupOf(admin, groupId, known)))).flat());
  }
  return found.sort((one, other) => (one.groupId < other.groupId ? -1 : 1));
}

async function groupOf(admin: Admin, groupId: string, topics: readonly string[]): Promise<readonly GroupState[]> {
  const committed = (await admin.fetchOffsets({ groupId, topics: [...topics] })).flatMap(({ topic, partitions }) =>
    partitions
      .map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
      .filter(({ offset }) => offset >= 0),
  );
  // Groups of Kafka's newer protocol are listed and cannot be described by the request that kafkajs has.
  const described = await admin.describeGroups([groupId]).catch(() => ({ groups: [] as GroupDescription[] }));
  const [group] = described.groups;
  const members = (group?.members ?? []).map((member) => memberOf(member, topics));
  if (committed.length === 0 && members.every(({ partitions }) => partitions.length === 0)) return [];
  return [{ groupId, state: group?.state ?? "Unknown", assignor: group?.protocol ?? "", members, committed }];
}

function memberOf(
  { memberId, clientId, memberAssignment, memberMetadata }: MemberDescription,
  topics: readonly string[],
): MemberState {
  const decoded = memberAssignment.length > 0 ? AssignerProtocol.MemberAssignment.decode(memberAssignment) : null;
  const partitions = Object.entries(decoded?.assignment ?? {}).flatMap(([topic, numbers]): TopicPartition[] =>
    topics.includes(topic) ? numbers.map((partition) => ({ topic, partition })) : [],
  );
  const told = memberMetadata.length > 0 ? AssignerProtocol.MemberMetadata.decode(memberMetadata) : null;
  return { memberId, clientId, partitions, announces: readAnnounced(told?.userData ?? null) };
}
