import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ParkedKey, SqlStore } from "@keyline/postgres";
import { databaseUrlOf, databaseUrlProblem } from "../cluster/database-url.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";

/** How `keyline parked list|replay|skip` was called. */
export interface ParkedOptions {
  readonly action: "list" | "replay" | "skip";
  /** Else `DATABASE_URL` says. */
  readonly databaseUrl: string | undefined;
  readonly app: string | undefined;
  readonly key: string | undefined;
  /** Who asks; else the user of this machine. */
  readonly by: string | undefined;
  /** How many seconds to wait for the app; 0 not at all. */
  readonly wait: number;
  readonly json: boolean;
}

/** Lists the keys whose events are parked, or asks the app to release one. */
export async function parked(options: ParkedOptions, io: Io): Promise<number> {
  const url = databaseUrlOf(options.databaseUrl, io);
  const problem = databaseUrlProblem(options.databaseUrl, io);
  if (url === undefined || problem !== null) {
    io.log(`error: ${problem ?? "no database: pass --database-url or set DATABASE_URL"}\n`);
    return exitCodes.usage;
  }
  // Only this command needs the client.
  const { listParked, postgresStore, readReleases } = await import("@keyline/postgres");
  const store = postgresStore({ url, maxConnections: 1 });
  try {
    const stranger = await strangerText(options.app, store);
    if (stranger !== null) {
      io.log(`error: ${stranger}\n`);
      return exitCodes.usage;
    }
    const keys = await listParked(store, options);
    if (options.action === "list") return list(keys, options, io);
    return await release(keys, options, io, store, (ids) => readReleases(store, ids));
  } finally {
    await store.close();
  }
}

/** What to say of an app that has no lane in the store: each has one as soon as it runs. Null for one that has. */
async function strangerText(app: string | undefined, store: SqlStore): Promise<string | null> {
  if (app === undefined) return null;
  const rows = await store.sql<{ app: string }>("select distinct app from keyline.lanes order by app");
  const apps = rows.map((row) => row.app);
  if (apps.includes(app)) return null;
  const guess = nearest(app, apps);
  const known = apps.length === 0 ? "no app has used it yet" : `it has ${apps.join(", ")}`;
  return `the store has no app ${JSON.stringify(app)}${guess === null ? `: ${known}` : `\nDid you mean ${guess}?`}`;
}

function list(keys: readonly ParkedKey[], { json }: ParkedOptions, io: Io): number {
  if (json) io.out(`${JSON.stringify({ version: 1, command: "parked list", keys }, null, 2)}\n`);
  else if (keys.length === 0) io.out("nothing is parked\n");
  else io.out(`${keys.map(lineOf).join("\n")}\nRelease a key: keyline parked replay KEY --app APP, or parked skip\n`);
  return keys.length === 0 ? exitCodes.clean : exitCodes.findings;
}

function lineOf({ app, key, events, first, code, message, lastAtMs }: ParkedKey): string {
  const since = lastAtMs === null ? "" : `, since ${new Date(lastAtMs).toISOString()}`;
  const place = `${first.topic}/${first.partition}@${first.offset}`;
  return `${app}  key ${key}  ${events} parked${since}\n    ${place}  ${code ?? "waits"}: ${message ?? "behind another event"}`;
}

type Read = (ids: readonly number[]) => Promise<readonly { readonly id: number; readonly result: string | null }[]>;

async function release(
  keys: readonly ParkedKey[],
  { action, app, key, by, wait, json }: ParkedOptions,
  io: Io,
  store: SqlStore,
  read: Read,
): Promise<number> {
  const [found, ...others] = keys;
  if (action === "list" || key === undefined || !found) {
    io.log(`error: nothing of key ${key} is parked${app === undefined ? "" : ` by ${app}`}: see keyline parked list\n`);
    return exitCodes.couldNotRun;
  }
  if (others.length > 0) {
    io.log(`error: key ${key} is parked by ${keys.map((one) => one.app).join(" and ")}: pass --app\n`);
    return exitCodes.usage;
  }
  const asker = by ?? userName();
  const ids = await store.askRelease(found, { key, action, by: asker });
  const results = await resultsOf(ids, wait, read, io.signal);
  const done = results.every(({ result }) => result !== null);
  const stopped = results.some(({ result }) => result?.startsWith("stopped") === true);
  if (json) {
    const report = { version: 1, command: `parked ${action}`, app: found.app, key, by: asker, commands: results };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    for (const { id, result } of results) {
      io.out(`command ${id}: ${action} ${found.app} key ${key} by ${asker}: ${result ?? "asked; the app does it"}\n`);
    }
  }
  if (!done && wait > 0) io.log(`error: no copy of ${found.app} did it within ${wait} s; it will when one runs\n`);
  return stopped || (!done && wait > 0) ? exitCodes.couldNotRun : exitCodes.clean;
}

/** The user's name, or the number of a user without one, such as a container may have. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

async function resultsOf(ids: readonly number[], wait: number, read: Read, signal: AbortSignal) {
  const deadlineMs = performance.now() + wait * 1000;
  for (;;) {
    const results = (await read(ids)).map(({ id, result }) => ({ id, result }));
    if (results.every(({ result }) => result !== null) || performance.now() >= deadlineMs || signal.aborted)
      return results;
    await sleep(200);
  }
}
