import type { Cluster } from "../client/cluster.js";
import { failureOf } from "../errors.js";
import { describeGroups } from "../wire/groups.js";

/** What a user may do with a topic or a group, by Kafka's numbers. */
const operations = {
  3: "read",
  4: "write",
  5: "create",
  6: "delete",
  7: "alter",
  8: "describe",
  10: "describe-configs",
  11: "alter-configs",
} as const;

/** An operation on a topic or a group. */
export type Operation = (typeof operations)[keyof typeof operations];

/** What the broker says when it tells nothing of rights. */
const untold = -2_147_483_648;

/**
 * The operations that this user may do; null if the broker does not know the topic or group, or does not report rights.
 */
export type Rights = readonly Operation[] | null;

/** The rights to topics. A topic that the user may not even see has none. */
export async function topicRights(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, Rights>> {
  const found = await cluster.metadata(topics);
  return new Map(found.topics.map(({ topic, error, rights }) => [topic, rightsOf(error, rights)]));
}

/** The rights to a group, whether it is there or not. */
export async function groupRights(cluster: Cluster, groupId: string): Promise<Rights> {
  try {
    const coordinator = await cluster.coordinator(groupId);
    const { groups } = await coordinator.send(describeGroups({ groupIds: [groupId], withRights: true }));
    const [group] = groups;
    if (group?.error) throw group.error;
    return group ? rightsOf(null, group.rights) : null;
  } catch (caught) {
    // A user without the right to see a group is not told its coordinator.
    if (failureOf(caught).type === "GROUP_AUTHORIZATION_FAILED") return [];
    throw caught;
  }
}

function rightsOf(error: Error | null, bits: number): Rights {
  if (error) return failureOf(error).type === "TOPIC_AUTHORIZATION_FAILED" ? [] : null;
  if (bits === untold) return null;
  return Object.entries(operations).flatMap(([bit, name]) => ((bits >> Number(bit)) & 1 ? [name] : []));
}
