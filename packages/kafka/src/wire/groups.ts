import { blob, error, fields, flag, int8, int16, int32, list, long, nullableText, request, text } from "./types.js";

const throttleMs = int32;
const groupId = text;
const memberId = text;
/** Of a static member; null for any other. */
const instanceId = nullableText;
const generation = int32;
const topicsOf = <Of extends Parameters<typeof fields>[0]>(partition: Of) =>
  list(fields({ topic: text, partitions: list(fields(partition)) }));

/** Asks any broker which one coordinates a group (`keyType` 0). */
export const findCoordinator = request(
  { apiName: "FindCoordinator", apiKey: 10, apiVersion: 2, since: "2.0" },
  fields({ key: text, keyType: int8 }),
  fields({ throttleMs, error, reason: nullableText, nodeId: int32, host: text, port: int32 }),
);

export const joinGroup = request(
  { apiName: "JoinGroup", apiKey: 11, apiVersion: 5, since: "2.3" },
  fields({
    ...{ groupId, sessionTimeoutMs: int32, rebalanceTimeoutMs: int32, memberId, instanceId, protocolType: text },
    protocols: list(fields({ name: text, metadata: blob })),
  }),
  fields({
    ...{ throttleMs, error, generation, protocol: text, leaderId: text, memberId },
    /** Of all members; only the leader gets them. */
    members: list(fields({ memberId, instanceId, metadata: blob })),
  }),
);

export const syncGroup = request(
  { apiName: "SyncGroup", apiKey: 14, apiVersion: 3, since: "2.3" },
  fields({ groupId, generation, memberId, instanceId, assignments: list(fields({ memberId, assignment: blob })) }),
  fields({ throttleMs, error, assignment: blob }),
);

export const heartbeat = request(
  { apiName: "Heartbeat", apiKey: 12, apiVersion: 3, since: "2.3" },
  fields({ groupId, generation, memberId, instanceId }),
  fields({ throttleMs, error }),
);

export const leaveGroup = request(
  { apiName: "LeaveGroup", apiKey: 13, apiVersion: 2, since: "2.0" },
  fields({ groupId, memberId }),
  fields({ throttleMs, error }),
);

export const offsetCommit = request(
  { apiName: "OffsetCommit", apiKey: 8, apiVersion: 7, since: "2.3" },
  fields({
    ...{ groupId, generation, memberId, instanceId },
    topics: topicsOf({ partition: int32, offset: long, leaderEpoch: int32, note: nullableText }),
  }),
  fields({ throttleMs, topics: topicsOf({ partition: int32, error }) }),
);

export const offsetFetch = request(
  { apiName: "OffsetFetch", apiKey: 9, apiVersion: 5, since: "2.1" },
  fields({ groupId, topics: list(fields({ topic: text, partitions: list(int32) })) }),
  fields({
    throttleMs,
    topics: topicsOf({ partition: int32, offset: long, leaderEpoch: int32, note: nullableText, error }),
    error,
  }),
);

export const listGroups = request(
  { apiName: "ListGroups", apiKey: 16, apiVersion: 2, since: "2.0" },
  fields({}),
  fields({ throttleMs, error, groups: list(fields({ groupId, protocolType: text })) }),
);

export const describeGroups = request(
  { apiName: "DescribeGroups", apiKey: 15, apiVersion: 3, since: "2.3" },
  fields({ groupIds: list(groupId), withRights: flag }),
  fields({
    throttleMs,
    groups: list(
      fields({
        ...{ error, groupId, state: text, protocolType: text, protocol: text },
        members: list(fields({ memberId, clientId: text, host: text, metadata: blob, assignment: blob })),
        /** A bit for each operation. */
        rights: int32,
      }),
    ),
  }),
);

/** What a member tells the group's leader. */
export const memberMetadata = fields({ version: int16, topics: list(text), userData: blob });

/** What the leader gives a member. */
export const memberAssignment = fields({
  version: int16,
  topics: list(fields({ topic: text, partitions: list(int32) })),
  userData: blob,
});
