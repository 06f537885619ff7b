import type { ProjectionLane } from "@keyline/postgres";
import { isReplacedLog } from "@keyline/runtime/tools";
import type { GroupState, LogRange, MemberState, TopicPartition } from "@keyline/runtime/transport";
import type { Connection } from "../io.js";

/** A projection of one ordering domain: its lanes in the store, and what the cluster says of its group. */
export interface ObservedProjection {
  readonly app: string;
  readonly domain: string;
  readonly groupId: string;
  /** Null where the cluster has no such group, or was not asked. */
  readonly group: GroupState | null;
  readonly lanes: readonly ObservedLane[];
}

export interface ObservedLane extends ProjectionLane {
  /** The member that reads the lane's topics now; null for none. */
  readonly owner: Pick<MemberState, "memberId" | "clientId"> | null;
  readonly logs: readonly ObservedLog[];
}

/** How far one log is applied; what the cluster says of it is null where it was not asked, and where the log is not there. */
export interface ObservedLog extends TopicPartition {
  /** Null since the lane was reset, until it is taken. */
  readonly next: number | null;
  readonly start: number | null;
  readonly end: number | null;
  /** Events that can be read and are not applied. */
  readonly lag: number | null;
  /** It is not the log that was applied. */
  readonly isReplaced: boolean;
}

/** Puts the lanes of a store and what a cluster says of them together. */
export async function observe(
  lanes: readonly ProjectionLane[],
  connection: Connection | null,
  groupOf: (app: string) => string,
): Promise<readonly ObservedProjection[]> {
  const logs = await logsOf(lanes, connection);
  const topics = [...new Set(lanes.flatMap((lane) => placesOf(lane).map(({ topic }) => topic)))];
  const groups = connection ? await connection.inspector.groups(topics) : [];
  const projections = Map.groupBy(lanes, ({ app, domain }) => JSON.stringify([app, domain]));
  return [...projections.values()].flatMap((ofOne) => {
    const [first] = ofOne;
    if (!first) return [];
    const { app, domain } = first;
    const group = groups.find(({ groupId }) => groupId === groupOf(app)) ?? null;
    const observed = ofOne.map((lane) => ({ ...lane, owner: ownerOf(group, lane), logs: logs.get(lane) ?? [] }));
    return [{ app, domain, groupId: groupOf(app), group, lanes: observed }];
  });
}

/** The lane's logs, as its positions name them, and its marks where it was reset. */
function placesOf({ lane, positions, silence }: ProjectionLane): readonly TopicPartition[] {
  const named = new Map(positions.map(({ topic, partition }) => [`${topic}/${partition}`, { topic, partition }]));
  for (const place of Object.keys(silence.silentBelow ?? {}))
    named.set(place, { topic: place.slice(0, place.lastIndexOf("/")), partition: lane });
  return [...named.values()];
}

function ownerOf(group: GroupState | null, lane: ProjectionLane): ObservedLane["owner"] {
  const places = new Set(placesOf(lane).map(({ topic, partition }) => `${topic}/${partition}`));
  const owner = group?.members.find(({ partitions }) =>
    partitions.some(({ topic, partition }) => places.has(`${topic}/${partition}`)),
  );
  return owner ? { memberId: owner.memberId, clientId: owner.clientId } : null;
}

async function logsOf(lanes: readonly ProjectionLane[], connection: Connection | null) {
  const places = lanes.flatMap(placesOf);
  const known = connection ? await connection.inspector.describe([...new Set(places.map(({ topic }) => topic))]) : null;
  const there = places.filter(({ topic, partition }) => partition < (known?.get(topic)?.partitions ?? 0));
  const ranges = await connection?.transport.logRanges(there);
  const ends = await connection?.transport.stableEnds(there);
  const found = new Map(
    there.map(({ topic, partition }, index) => {
      const range = ranges?.[index] ?? { start: 0, end: 0 };
      return [`${topic}/${partition}`, { range, readable: ends?.[index] ?? range.end }];
    }),
  );
  const observed = lanes.map(async (lane) => {
    const logs = placesOf(lane).map(async ({ topic, partition }): Promise<ObservedLog> => {
      const position = lane.positions.find((one) => one.topic === topic && one.partition === partition);
      const next = position?.next ?? null;
      const log = found.get(`${topic}/${partition}`);
      if (!log || !connection) return { topic, partition, next, ...unknown };
      const isReplaced = position ? await isReplacedLog(connection.transport, position, log.range) : false;
      return { topic, partition, next, ...log.range, lag: lagOf(next, log), isReplaced };
    });
    return [lane, await Promise.all(logs)] as const;
  });
  return new Map(await Promise.all(observed));
}

const unknown = { start: null, end: null, lag: null, isReplaced: false };

const lagOf = (next: number | null, { range, readable }: { readonly range: LogRange; readonly readable: number }) =>
  Math.max(0, readable - Math.max(next ?? 0, range.start));
