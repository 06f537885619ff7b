import type { ClusterInspector, GroupState } from "../ports/inspector.js";
import type { Broker } from "./broker.js";

/** Looks at a memory cluster as an inspector of a real one does. It needs no closing. */
export function createMemoryInspector({ topics, groups }: Broker): ClusterInspector {
  return {
    async describe(names) {
      const counts = topics.counts();
      return new Map(
        names.flatMap((name) => {
          const partitions = counts.get(name);
          if (partitions === undefined) return [];
          const { replicas = 1, config = {} } = topics.options(name);
          return [[name, { name, partitions, replicas, inSync: replicas, config, own: Object.keys(config) }] as const];
        }),
      );
    },
    async groups(names) {
      const partitions = names.flatMap((topic) =>
        Array.from({ length: topics.counts().get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
      );
      return [...groups()].flatMap(([groupId, group]): GroupState[] => {
        const described = group.describe();
        const members = [...described.members].map(([memberId, owned]) => ({
          ...{ memberId, clientId: memberId },
          partitions: owned.filter(({ topic }) => names.includes(topic)),
          announces: described.announced.get(memberId) ?? [],
        }));
        const committed = partitions.flatMap((partition) => {
          const offset = group.committed(partition);
          return offset === null ? [] : [{ ...partition, offset }];
        });
        const isInvolved = committed.length > 0 || members.some((member) => member.partitions.length > 0);
        const state = members.length > 0 ? "Stable" : "Empty";
        return isInvolved ? [{ groupId, state, assignor: assignorOf(members.length), members, committed }] : [];
      });
    },
    close: async () => undefined,
  };
}

/** Members of a memory group always share whole lanes, as Keyline's consumers on a real cluster. */
const assignorOf = (members: number) => (members > 0 ? "keyline-lanes" : "");
