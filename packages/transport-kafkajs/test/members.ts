import type { KeylineError } from "@keyline/runtime";
import type {
  LaneGroup,
  StartPosition,
  TopicPartition,
  Transport,
  TransportConsumer,
} from "@keyline/runtime/transport";
import { textOf } from "./on-kafka.js";

/** A consumer that notes what it is told. */
export interface Member {
  readonly consumer: TransportConsumer;
  /** `assigned` and `revoked` in order, with how many partitions. */
  readonly told: string[];
  /** The partitions that it has now. */
  readonly owns: Set<string>;
  readonly received: string[];
  readonly failures: KeylineError[];
  readonly unread: (readonly TopicPartition[])[];
}

export interface MemberOptions {
  readonly groupId: string;
  /** Of a static member. */
  readonly instanceId?: string;
  readonly groups: readonly LaneGroup[];
  /** Where to start; default what the group committed, else 0. */
  readonly from?: number;
  /** Called before an `assigned` is answered. */
  readonly duringAssigned?: (member: Member) => Promise<void>;
  /** Called before a `revoked` is answered. */
  readonly duringRevoked?: (member: Member, reason: string) => Promise<void>;
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

/** Makes a member that is not started yet. */
export function memberOf(transport: Pick<Transport, "createConsumer">, options: MemberOptions): Member {
  const told: string[] = [];
  const owns = new Set<string>();
  const received: string[] = [];
  const failures: KeylineError[] = [];
  const unread: (readonly TopicPartition[])[] = [];
  const consumer = transport.createConsumer({
    groupId: options.groupId,
    ...(options.instanceId === undefined ? {} : { instanceId: options.instanceId }),
    groups: options.groups,
    events: {
      async assigned(partitions) {
        told.push(`assigned ${partitions.length}`);
        for (const partition of partitions) owns.add(nameOf(partition));
        await options.duringAssigned?.(member);
        const committed = await consumer.committed(partitions);
        return partitions.map((partition, at): StartPosition => {
          return { ...partition, offset: options.from ?? committed[at] ?? 0 };
        });
      },
      async revoked(partitions, reason) {
        told.push(`${reason} ${partitions.length}`);
        for (const partition of partitions) owns.delete(nameOf(partition));
        await options.duringRevoked?.(member, reason);
      },
      batch: ({ records }) => void received.push(...records.map(textOf)),
      unread: (partitions) => void unread.push(partitions),
      failed: (error) => void failures.push(error as KeylineError),
    },
  });
  const member: Member = { consumer, told, owns, received, failures, unread };
  return member;
}
