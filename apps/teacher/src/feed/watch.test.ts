import { expect, it } from "vitest";
import { initialState } from "../projection/state.js";
import type { StudentRow } from "./class-model.js";
import type { Rows } from "./rows.js";
import { createWatch } from "./watch.js";

const row = (key: string, version: number): StudentRow => ({ key, version, state: initialState });

/** A store whose rows a test changes. */
function world() {
  const rows = new Map<string, StudentRow & { lane: number }>();
  const lanes = new Map<number, number>();
  const known = new Map<string, number>();
  const read: string[] = [];
  let isAway = false;
  const all = () => {
    if (isAway) throw new Error("away");
    return [...rows.values()];
  };
  const reader: Rows = {
    lanes: async () => new Map(all().length >= 0 ? lanes : []),
    versions: async (wanted) => all().filter(({ lane }) => wanted?.includes(lane) ?? true),
    async ofKeys(keys) {
      read.push(...keys);
      return all().filter(({ key }) => keys.includes(key));
    },
  };
  return {
    rows,
    lanes,
    known,
    read,
    away: (is: boolean) => {
      isAway = is;
    },
    watch: (thoroughlyEveryMs: number) =>
      createWatch({
        rows: reader,
        take: (taken) => taken.forEach(({ key, version }) => void known.set(key, version)),
        versionOf: (key) => known.get(key) ?? 0,
        everyMs: 5,
        thoroughlyEveryMs,
      }),
  };
}

it("finds at the start what is there, then what moves a lane, also after the store was away", async () => {
  const { rows, lanes, known, away, watch } = world();
  rows.set("1", { ...row("1", 1), lane: 0 });
  const watching = watch(60_000);
  await watching.start();
  expect([...known]).toEqual([["1", 1]]);
  away(true);
  await expect.poll(() => watching.answers).toBe(false);
  rows.set("2", { ...row("2", 1), lane: 4 });
  lanes.set(4, 10);
  away(false);
  await expect.poll(() => known.get("2")).toBe(1);
  expect(watching.answers).toBe(true);
  await watching.close();
});

it("reads of a lane that moved only the rows that changed, and each once", async () => {
  const { rows, lanes, known, read, watch } = world();
  for (let student = 1; student <= 1200; student += 1) rows.set(`${student}`, { ...row(`${student}`, 1), lane: 0 });
  const watching = watch(60_000);
  await watching.start();
  expect([known.size, read.length]).toEqual([1200, 1200]);
  rows.set("7", { ...row("7", 2), lane: 0 });
  lanes.set(0, 1);
  await expect.poll(() => known.get("7")).toBe(2);
  expect(read.slice(1200)).toEqual(["7"]);
  await watching.close();
});

it("finds what moved no lane when it looks thoroughly", async () => {
  const { rows, known, watch } = world();
  const watching = watch(20);
  await watching.start();
  rows.set("3", { ...row("3", 2), lane: 1 });
  await expect.poll(() => known.get("3")).toBe(2);
  await watching.close();
});
