import { progressTopics, struggleTopics } from "@student-events/demo/verify";
import type { Admin } from "kafkajs";
import type { AppName } from "./apps.js";
import { logEnds } from "./cluster.js";
import type { Database } from "./database.js";

/** What each app reads. */
export const readTopics: Readonly<Record<AppName, readonly string[]>> = {
  progress: progressTopics,
  struggle: struggleTopics,
  teacher: ["learning.progress", "struggle.detected", "struggle.resolved"],
};

/** How far an app is with a partition. */
export interface Lag {
  readonly app: string;
  /** As `topic/partition`. */
  readonly place: string;
  readonly applied: number;
  readonly end: number;
}

interface Position {
  readonly app: string;
  readonly place: string;
  readonly next: string;
}

/** What lies in the logs and is not committed by the plain handler yet, by partition. */
export async function handlerLagsOf(admin: Admin): Promise<readonly Lag[]> {
  const next = await committedBy(admin, "points", progressTopics);
  const ends = await logEnds(admin, progressTopics);
  const lags = [...ends].map(([place, end]) => ({ app: "points", place, applied: next.get(place) ?? 0, end }));
  return lags.filter(({ applied, end }) => applied < end);
}

/** How far a group has committed each partition. */
async function committedBy(admin: Admin, groupId: string, topics: readonly string[]) {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return new Map<string, number>(
    committed.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Math.max(0, Number(offset))] as const),
    ),
  );
}

/**
 * What lies in the logs and is not applied yet, by partition. A stored position moves with the events of its lane; what the
 * group has committed is also behind records of a transaction that was aborted where no event came after them.
 */
export async function lagsOf(admin: Admin, database: Database, apps: readonly AppName[]): Promise<readonly Lag[]> {
  const positions = await database.query<Position>(
    "select app, topic || '/' || partition as place, next_offset as next from keyline.positions",
  );
  const committed = new Map(
    await Promise.all(apps.map(async (app) => [app, await committedBy(admin, app, readTopics[app])] as const)),
  );
  // After the positions: what is appended in between counts as not applied.
  const ends = await logEnds(admin, [...new Set(apps.flatMap((app) => readTopics[app]))]);
  const next = new Map(positions.map(({ app, place, next }) => [`${app} ${place}`, Number(next)]));
  const lags = apps.flatMap((app) =>
    [...ends]
      .filter(([place]) => readTopics[app].includes(place.slice(0, place.lastIndexOf("/"))))
      .map(([place, end]) => {
        const applied = Math.max(next.get(`${app} ${place}`) ?? 0, committed.get(app)?.get(place) ?? 0);
        return { app, place, applied, end };
      }),
  );
  return lags.filter(({ applied, end }) => applied < end);
}
