import type { GroupState, MemberState, TopicPartition } from "@keyline/runtime/transport";
import type { Broker } from "../client/broker.js";
import type { Cluster } from "../client/cluster.js";
import { readAnnounced } from "../consumer/user-data.js";
import { ByteReader } from "../wire/byte-reader.js";
import { describeGroups, listGroups, memberAssignment, memberMetadata, offsetFetch } from "../wire/groups.js";

/** How many groups are asked about at once. */
const questions = 8;

/** The consumer groups that own, or have recorded offsets of, one of the topics, by their names. */
export async function groupsOf(cluster: Cluster, topics: readonly string[]): Promise<readonly GroupState[]> {
  const found: GroupState[] = [];
  const { topics: states, brokers } = await cluster.metadata(topics);
  const known = states.filter(({ topic, error }) => error === null && topics.includes(topic));
  if (known.length === 0) return [];
  // Each broker lists the groups that it coordinates.
  const lists = await Promise.all(brokers.map(({ nodeId }) => cluster.broker(String(nodeId)).send(listGroups({}))));
  const names = lists.flatMap(({ groups }) =>
    groups.filter(({ protocolType }) => ["consumer", ""].includes(protocolType)).map(({ groupId }) => groupId),
  );
  for (let at = 0; at < names.length; at += questions) {
    const some = names.slice(at, at + questions);
    found.push(...(await Promise.all(some.map((groupId) => groupOf(cluster, groupId, known)))).flat());
  }
  return found.sort((one, other) => (one.groupId < other.groupId ? -1 : 1));
}

/** A topic, and its partitions. */
interface Known {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
}

async function groupOf(cluster: Cluster, groupId: string, known: readonly Known[]): Promise<readonly GroupState[]> {
  const coordinator = await cluster.coordinator(groupId);
  const topics = known.map(({ topic, partitions }) => ({ topic, partitions: partitions.map((one) => one.partition) }));
  const offsets = await coordinator.send(offsetFetch({ groupId, topics }));
  const committed = offsets.topics
    .flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => ({ topic, partition, offset })))
    .filter(({ offset }) => offset >= 0);
  const group = await describe(coordinator, groupId);
  const names = new Set(known.map(({ topic }) => topic));
  const members = (group?.members ?? []).map((member) => memberOf(member, names));
  if (committed.length === 0 && members.every(({ partitions }) => partitions.length === 0)) return [];
  return [{ groupId, state: group?.state ?? "Unknown", assignor: group?.protocol ?? "", members, committed }];
}

/** Groups of Kafka's newer protocol are listed, and are not described by this request. */
async function describe(coordinator: Broker, groupId: string) {
  try {
    const { groups } = await coordinator.send(describeGroups({ groupIds: [groupId], withRights: false }));
    return groups.find(({ error }) => error === null);
  } catch {
    return undefined;
  }
}

/** A member as its coordinator describes it. */
interface Described {
  readonly memberId: string;
  readonly clientId: string;
  readonly metadata: Buffer;
  readonly assignment: Buffer;
}

function memberOf({ memberId, clientId, metadata, assignment }: Described, topics: ReadonlySet<string>): MemberState {
  const assigned = assignment.length > 0 ? memberAssignment.read(new ByteReader(assignment)).topics : [];
  const partitions = assigned.flatMap(({ topic, partitions: numbers }): TopicPartition[] =>
    topics.has(topic) ? numbers.map((partition) => ({ topic, partition })) : [],
  );
  const told = metadata.length > 0 ? memberMetadata.read(new ByteReader(metadata)).userData : null;
  return { memberId, clientId, partitions, announces: readAnnounced(told) };
}
