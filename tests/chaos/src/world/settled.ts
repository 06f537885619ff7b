import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "kafkajs";
import type { AppName } from "./apps.js";
import type { Database } from "./database.js";
import { handlerLagsOf, type Lag, lagsOf } from "./lag.js";
import type { World } from "./world.js";

/**
 * Resolves when the apps have applied all that lies in the logs, have published all that they had to, and no deadline
 * is over; rejects with what is still missing when that takes longer than `withinMs`.
 */
export function settled(
  { cluster: { admin }, database }: Pick<World, "cluster" | "database">,
  apps: readonly AppName[],
  withinMs: number,
  say: (line: string) => void,
): Promise<void> {
  return untilNone(() => unsettled(admin, database, apps), withinMs, say);
}

/** Resolves when the plain handler has committed all that lies in the logs; rejects as {@link settled} does. */
export function handled({ cluster: { admin } }: Pick<World, "cluster">, withinMs: number, say: (line: string) => void) {
  return untilNone(async () => (await handlerLagsOf(admin)).map(textOf), withinMs, say);
}

const textOf = ({ app, place, applied, end }: Lag) => `${app} is at ${applied} of ${end} in ${place}`;

async function untilNone(
  ask: () => Promise<readonly string[]>,
  withinMs: number,
  say: (line: string) => void,
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const left = await ask().catch((caught: unknown) => [String(caught)]);
    if (left.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`the apps did not settle: ${left.slice(0, 5).join("; ")}`);
    say(`not yet: ${left.length} findings, e.g. ${left[0]}`);
    await sleep(2000);
  }
}

async function unsettled(admin: Admin, database: Database, apps: readonly AppName[]): Promise<readonly string[]> {
  const behind = await lagsOf(admin, database, apps);
  const [waiting] = await database.query<{ readonly outbox: string; readonly timers: string }>(
    `select (select count(*) from keyline.outbox) as outbox,
       (select count(*) from keyline.states where due_at_ms < extract(epoch from now()) * 1000 - 1000) as timers`,
  );
  return [
    ...behind.map(textOf),
    ...(waiting?.outbox === "0" ? [] : [`${waiting?.outbox} events wait to be published`]),
    ...(waiting?.timers === "0" ? [] : [`${waiting?.timers} students have deadlines that are over`]),
  ];
}
