import { setTimeout as sleep } from "node:timers/promises";
import { progressTopics, struggleTopics } from "@student-events/demo/verify";
import type { Admin } from "kafkajs";
import { logEnds } from "./cluster.js";
import type { Database } from "./database.js";

interface Position {
  readonly app: string;
  readonly place: string;
  readonly next: string;
}

/**
 * Resolves when both apps have applied all that lies in the logs, have published all that they had to, and no deadline
 * is over; rejects with what is still missing when that takes longer than `withinMs`.
 */
export async function settled(
  admin: Admin,
  database: Database,
  withinMs: number,
  say: (line: string) => void,
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const left = await unsettled(admin, database).catch((caught: unknown) => [String(caught)]);
    if (left.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`the apps did not settle: ${left.slice(0, 5).join("; ")}`);
    say(`not yet: ${left.length} findings, e.g. ${left[0]}`);
    await sleep(2000);
  }
}

async function unsettled(admin: Admin, database: Database): Promise<readonly string[]> {
  const positions = await database.query<Position>(
    "select app, topic || '/' || partition as place, next_offset as next from keyline.positions",
  );
  const next = new Map(positions.map(({ app, place, next }) => [`${app} ${place}`, Number(next)]));
  const behind = await Promise.all(
    Object.entries({ progress: progressTopics, struggle: struggleTopics }).map(async ([app, topics]) =>
      [...(await logEnds(admin, topics))].flatMap(([place, end]) => {
        const applied = next.get(`${app} ${place}`) ?? 0;
        return applied < end ? [`${app} is at ${applied} of ${end} in ${place}`] : [];
      }),
    ),
  );
  const [waiting] = await database.query<{ readonly outbox: string; readonly timers: string }>(
    `select (select count(*) from keyline.outbox) as outbox,
       (select count(*) from keyline.states where due_at_ms < extract(epoch from now()) * 1000 - 1000) as timers`,
  );
  return [
    ...behind.flat(),
    ...(waiting?.outbox === "0" ? [] : [`${waiting?.outbox} events wait to be published`]),
    ...(waiting?.timers === "0" ? [] : [`${waiting?.timers} students have deadlines that are over`]),
  ];
}
