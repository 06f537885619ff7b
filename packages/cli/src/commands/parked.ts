import { setTimeout as sleep } from "node:timers/promises";
import type { ParkedKey, SqlStore } from "@keyline/postgres";
import { harmless } from "@keyline/runtime/tools";
import { type Context, command } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError, type Outcome } from "../command/outcome.js";
import { argument, optionWithDefault, textOption } from "../command/parameters.js";
import { userName } from "../command/user-name.js";
import { seconds } from "../command/values.js";

const needs = { store: "option" } as const;

const shared = {
  group: { name: "parked", summary: "events that failed and wait, with the later events of their keys" },
  needs,
  json: "as JSON",
  details:
    "The store keeps every release with its requester, its time and its result (table keyline.commands). Shows ids only, never payloads.",
} as const;

const app = textOption("--app <name>", "of this app alone");

/** Lists the keys whose events are parked. */
export const parkedList = command({
  ...shared,
  name: "list",
  summary: "the keys that wait, and why",
  parameters: { app, key: textOption("--key <key>", "this key alone") },
  exits: { clean: "nothing is parked", problems: "something is parked" },
  run: (input, context) =>
    withParked(input, context, async ({ keys }) => ({
      exit: keys.length === 0 ? "clean" : "problems",
      text:
        keys.length === 0
          ? "nothing is parked\n"
          : `${keys.map(lineOf).join("\n")}\nRelease a key: keyline parked replay KEY --app APP, or parked skip\n`,
      json: { keys },
    })),
});

export const parkedReplay = releaseCommand("replay", "apply a key's parked events in order");
export const parkedSkip = releaseCommand("skip", "give the first to the dead letters, then apply the others");

/** Asks the app to release a key. */
function releaseCommand(action: "replay" | "skip", summary: string) {
  return command({
    ...shared,
    name: action,
    summary,
    parameters: {
      key: argument("<key>", "the key, e.g. a student's id"),
      app,
      by: textOption("--by <name>", "the requester's name (default: the user of this machine)"),
      wait: optionWithDefault("--wait <seconds>", "wait for the app to do it", seconds, "10"),
    },
    exits: {
      clean: "released",
      couldNotRun: "could not run, or the release stopped at an event that fails again",
    },
    run: ({ key, app, wait, by = userName() }, context) =>
      withParked({ app, key }, context, async ({ keys, store, read }) => {
        const parked = onlyOne(keys, key, app);
        const ids = await store.askRelease(parked, { key, action, by });
        const commands = await resultsOf(ids, wait, read, context.io.signal);
        const isDone = commands.every(({ result }) => result !== null);
        const isStopped = commands.some(({ result }) => result?.startsWith("stopped") === true);
        if (!isDone && wait > 0)
          context.io.log(`error: no copy of ${parked.app} did it within ${wait} s; it will when one runs\n`);
        const lineOf = ({ id, result }: Released) =>
          `${harmless(`command ${id}: ${action} ${parked.app} key ${key} by ${by}: ${result ?? "requested; the app does it"}`)}\n`;
        return {
          exit: isStopped || (!isDone && wait > 0) ? "couldNotRun" : "clean",
          text: commands.map(lineOf).join(""),
          json: { app: parked.app, key, by, commands },
        };
      }),
  });
}

/** A release that was asked for; without a result until the app has done it. */
interface Released {
  readonly id: number;
  readonly result: string | null;
}

interface Parked {
  readonly keys: readonly ParkedKey[];
  readonly store: SqlStore;
  read(ids: readonly number[]): Promise<readonly Released[]>;
}

/** Reads what is parked, and goes on with it while the store is open. */
async function withParked(
  asked: { readonly app: string | undefined; readonly key: string | undefined },
  { databaseUrl: url }: Context<typeof needs>,
  goOn: (parked: Parked) => Promise<Outcome>,
): Promise<Outcome> {
  if (url === null) throw new CommandError("usage", "no database: pass --database-url or set DATABASE_URL");
  // Only this command needs the client.
  const { listParked, createPostgresStore, readReleases } = await import("@keyline/postgres");
  const store = createPostgresStore({ url, maxConnections: 1 });
  try {
    if (asked.app !== undefined) await checkApp(asked.app, store);
    const keys = await listParked(store, asked);
    return await goOn({ keys, store, read: (ids) => readReleases(store, ids) });
  } finally {
    await store.close();
  }
}

/** Rejects for an app without a lane in the store: each has one as soon as it runs. */
async function checkApp(app: string, store: SqlStore): Promise<void> {
  const rows = await store.sql<{ app: string }>("select distinct app from keyline.lanes order by app");
  checkKnown(
    "the store has no app",
    app,
    rows.map((row) => row.app),
  );
}

function onlyOne(keys: readonly ParkedKey[], key: string, app: string | undefined): ParkedKey {
  const [found, ...others] = keys;
  if (!found) {
    const by = app === undefined ? "" : ` by ${app}`;
    throw new CommandError("couldNotRun", `no event of key ${key} is parked${by}: see keyline parked list`);
  }
  if (others.length === 0) return found;
  throw new CommandError("usage", `key ${key} is parked by ${keys.map((one) => one.app).join(" and ")}: pass --app`);
}

function lineOf({ app, key, events, first, code, message, lastAtMs, stopped }: ParkedKey): string {
  const since = lastAtMs === null ? "" : `, since ${new Date(lastAtMs).toISOString()}`;
  const place = `${first.topic}/${first.partition}@${first.offset}`;
  const head = `${app}  key ${key}  ${events} parked${since}`;
  // An event that waited behind another has no failure of its own; the release that stopped at it knows one.
  const release = stopped === null ? "" : `\n    the last release ${harmless(stopped)}`;
  return `${harmless(head)}\n    ${harmless(`${place}  ${code ?? "waits"}: ${message ?? "behind another event"}`)}${release}`;
}

async function resultsOf(ids: readonly number[], wait: number, read: Parked["read"], signal: AbortSignal) {
  const deadlineMs = performance.now() + wait * 1000;
  for (;;) {
    const results = (await read(ids)).map(({ id, result }) => ({ id, result }));
    if (results.every(({ result }) => result !== null) || performance.now() >= deadlineMs || signal.aborted)
      return results;
    await sleep(200);
  }
}
