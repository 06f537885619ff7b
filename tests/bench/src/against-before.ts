import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@keyline/postgres-dev";
import { folderOf } from "@keyline/upgrade";
import { fillExecuted } from "./consuming.js";
import { leastRatioOf, type Pairs, ratiosOf, spreadOf, textOfPairs } from "./pairs.js";
import { playClass } from "./projecting.js";
import { onOwnCluster, type Setting } from "./setting.js";
import type { SideTask, Spent } from "./side.js";

/** What is compared, and how often. */
export interface AgainstBefore {
  readonly parts: string;
  readonly runs: number;
  /** Both sides are the code of before: what the measurement itself differs by. */
  readonly isFloor: boolean;
  readonly isQuick: boolean;
  readonly asJson: boolean;
}

type Letter = SideTask["part"];

/** How much each part measures, and what has to lie there before. */
const measures: {
  readonly [Part in Letter]: {
    readonly name: string;
    readonly events: number;
    readonly fill: (setting: Setting, events: number) => Promise<void>;
  };
} = {
  a: { name: "(a) typed producer, 1 KB events, un-awaited calls", events: 40_000, fill: async () => undefined },
  b: { name: "(b) typed consumer, a handler that does nothing", events: 100_000, fill: fillExecuted },
  d: { name: "(d) the progress projection on PostgreSQL", events: 20_000, fill: playClass },
};

export const comparable = Object.keys(measures).join("");

/** Processor time an event of the code of before and of now, alternating, each run in a fresh process of the tarballs. */
export async function againstBefore(options: AgainstBefore): Promise<number> {
  const sides = ["before", options.isFloor ? "before" : "now"] as const;
  const folders = { before: await folderOf("before"), now: await folderOf(sides[1]) };
  const labels = { before: "before", now: options.isFloor ? "before again" : "now" };
  const all: Pairs[] = [];
  for (const letter of options.parts) {
    const pairs = await compare(letter as Letter, options, [
      { version: "before", folder: folders.before },
      { version: sides[1], folder: folders.now },
    ]);
    all.push(pairs);
    if (!options.asJson) process.stdout.write(`${textOfPairs(pairs, labels)}\n`);
  }
  const found = all.map((pairs) => ({ ...pairs, ratio: spreadOf(ratiosOf(pairs)), least: leastRatioOf(pairs) }));
  if (options.asJson) process.stdout.write(`${JSON.stringify({ version: 1, labels, parts: found }, null, 2)}\n`);
  return 0;
}

type Side = Pick<SideTask, "version" | "folder">;

function compare(part: Letter, { runs, isQuick }: AgainstBefore, sides: readonly [Side, Side]): Promise<Pairs> {
  const { name, fill, events: all } = measures[part];
  const events = isQuick ? all / 10 : all;
  return onOwnCluster(async (setting) => {
    await fill(setting, events);
    const postgres = part === "d" ? await startPostgres() : null;
    try {
      const spent = [[], []] as [number[], number[]];
      for (let run = 0; run < 2 * runs; run += 1) {
        // Each pair begins with the other side: what the machine does meanwhile falls on both.
        const side = (run + Math.floor(run / 2)) % 2 === 0 ? 0 : 1;
        const common = { part, events, brokers: setting.brokers, databaseUrl: postgres?.url ?? null };
        const { microsecondsPerEvent } = await inProcess({ ...sides[side], ...common, run: `bench_${run}` });
        spent[side].push(microsecondsPerEvent);
      }
      return { name, before: spent[0], now: spent[1] };
    } finally {
      await postgres?.stop();
    }
  });
}

async function inProcess(task: SideTask): Promise<Spent> {
  const program = fileURLToPath(new URL("../bin/side.js", import.meta.url));
  const child = fork(program, [JSON.stringify(task)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const exit = once(child, "exit");
  const [spent] = (await Promise.race([
    once(child, "message"),
    exit.then(([code]) => Promise.reject(new Error(`a run of (${task.part}) ended with ${code}`))),
  ])) as [Spent];
  await exit;
  return spent;
}
