import { setTimeout as sleep } from "node:timers/promises";
import type { ParkedKey, SqlStore } from "@keyline/postgres";
import { harmless } from "@keyline/runtime/tools";
import { type Context, command } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError, type Outcome } from "../command/outcome.js";
import { argument, flag, optionWithDefault, textOption } from "../command/parameters.js";
import { userName } from "../command/user-name.js";
import { seconds } from "../command/values.js";
import { counted } from "../report/counted.js";
import { reasonText } from "../report/reason.js";

const needs = { store: "option" } as const;

const shared = {
  group: { name: "parked", summary: "show and release keys whose events failed and wait" },
  needs,
  json: "as JSON",
  details:
    "The store keeps every release with its requester, its time and its result (table keyline.commands). Shows ids only, never payloads.",
} as const;

const app = textOption("--app <name>", "only keys of this app");

/** Lists the keys whose events are parked. */
export const parkedList = command({
  ...shared,
  name: "list",
  summary: "list the keys that wait, and why",
  parameters: { app, key: textOption("--key <key>", "only this key") },
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
export const parkedSkip = releaseCommand(
  "skip",
  "write the first parked event to the dead letters, then apply the others",
);

/** Asks the apps to release a key, or every key that is asked for. */
function releaseCommand(action: "replay" | "skip", summary: string) {
  return command({
    ...shared,
    name: action,
    summary,
    parameters: {
      key: { ...argument("[key]", "the key, e.g. a student's id"), absent: "" },
      app,
      code: textOption("--code <code>", "every key whose first event failed with this error code, e.g. handler_failed"),
      all: flag("--all", "every key that is parked"),
      by: textOption("--by <name>", "the requester's name (default: the user of this machine)"),
      wait: optionWithDefault("--wait <seconds>", "how long to wait for the app to do it", seconds, "10"),
      yes: flag("--yes", "do not ask, with --code or --all"),
    },
    exits: {
      clean: "released",
      couldNotRun: "could not run, was not confirmed, or a release stopped at an event that fails again",
    },
    run: ({ wait, by = userName(), yes, ...asked }, context) => {
      checkAsked(asked);
      const key = asked.key === "" ? undefined : asked.key;
      return withParked({ app: asked.app, key }, context, async ({ keys, store, read }) => {
        const chosen = key === undefined ? keys.filter(isOf(asked.code)) : [onlyOne(keys, key, asked.app)];
        if (chosen.length === 0) return { exit: "clean", text: "no such key is parked\n", json: { by, releases: [] } };
        if (key === undefined && !yes) await confirmed(action, chosen, context);
        const commands: Asked[] = [];
        for (const one of chosen) {
          const ids = await store.askRelease(one, { key: one.key, action, by });
          commands.push(...ids.map((id) => ({ id, app: one.app, key: one.key })));
        }
        const ids = commands.map(({ id }) => id);
        const results = new Map(
          (await resultsOf(ids, wait, read, context.io.signal)).map(({ id, result }) => [id, result]),
        );
        return outcomeOf(
          action,
          by,
          wait,
          commands.map((one) => ({ ...one, result: results.get(one.id) ?? null })),
          context,
        );
      });
    },
  });
}

interface Selection {
  readonly key: string;
  readonly code: string | undefined;
  readonly all: boolean;
}

function checkAsked({ key, code, all }: Selection): void {
  const given = [key !== "", code !== undefined, all].filter((one) => one).length;
  if (given !== 1) throw new CommandError("usage", "pass one of: a key, --code CODE, or --all");
}

const isOf =
  (code: string | undefined) =>
  (key: ParkedKey): boolean =>
    code === undefined || key.code === code;

async function confirmed(action: string, keys: readonly ParkedKey[], { io, isJson, say }: Context): Promise<void> {
  const text = `${keys.map(lineOf).join("\n")}\n`;
  if (isJson) io.log(text);
  else say(text);
  const answer = await io.confirm?.(`${action} ${counted(keys.length, "key")}?`);
  if (answer === undefined)
    throw new CommandError("usage", "not at a terminal: pass --yes; nothing was asked of an app");
  if (!answer) throw new CommandError("couldNotRun", "nothing was asked of an app");
}

/** A release that was asked for, with its key. */
interface Asked {
  readonly id: number;
  readonly app: string;
  readonly key: string;
}

function outcomeOf(
  action: string,
  by: string,
  wait: number,
  releases: readonly (Asked & Released)[],
  { io }: Context,
): Outcome {
  const late = new Set(releases.flatMap(({ app, result }) => (result === null && wait > 0 ? [app] : [])));
  for (const app of late) io.log(`error: no copy of ${harmless(app)} did it within ${wait} s; it will when one runs\n`);
  const isStopped = releases.some(({ result }) => result?.startsWith("stopped") === true);
  const textOf = ({ id, app, key, result }: Asked & Released) =>
    `${harmless(`command ${id}: ${action} ${app} key ${key} by ${by}: ${result ?? "requested; the app does it"}`)}\n`;
  return {
    exit: isStopped || late.size > 0 ? "couldNotRun" : "clean",
    text: releases.map(textOf).join(""),
    json: { by, releases },
  };
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
  const reason = message === null ? "behind another event" : reasonText(message, first);
  return `${harmless(head)}\n    ${harmless(`${place}  ${code ?? "waits"}: ${reason}`)}${release}`;
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
