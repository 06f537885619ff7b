import { expect, it } from "vitest";
import { fatesAt } from "../src/long/hostile-fates.js";
import type { HostileNote } from "../src/long/hostile-journal.js";
import { latenciesIn, medianOf, ratiosOf } from "../src/long/latency.js";
import type { Logs } from "../src/long/read-logs.js";
import { broken, type HostileReport } from "../src/long/report.js";
import { windowsOf } from "../src/long/windows.js";

const publishing = { called: 9, acknowledged: 9, rejected: {}, unanswered: 0, lost: 0, duplicated: 0, outOfOrder: 0 };
const effects = { twice: 0, missing: 0, unstable: 0, overtaken: 0, outputs: 5, repeated: 0 };

const held: HostileReport = {
  options: { minutes: 1, seed: 1, students: 9, rate: 9, hostileRate: 9, contracts: 0, json: false },
  publishing: { ...publishing, examples: [] },
  effects: { ...effects, examples: [] },
  hostile: [{ app: "progress", read: 3, refused: { record_null: 3 }, problems: [] }],
  written: { noted: 3, onLog: 3 },
  batchesNotUnpacked: 0,
  uncounted: [],
  probes: { sent: 4, missing: 0, twice: 0 },
  latency: { windows: [{ isHostile: false, events: 4, p99Ms: 10 }], ratios: [3], median: 3 },
  memory: { boundMb: 100, peaks: [{ app: "progress", peakMb: 100 }] },
  failures: [],
};

it("finds nothing in a run in which all held", () => {
  expect(broken(held)).toEqual([]);
});

it.each<readonly [string, Partial<HostileReport>]>([
  ...(["lost", "duplicated", "outOfOrder", "unanswered"] as const).map(
    (name) => [name, { publishing: { ...held.publishing, [name]: 1 } }] as const,
  ),
  ...(["twice", "missing", "unstable", "overtaken"] as const).map(
    (name) => [`effects ${name}`, { effects: { ...held.effects, [name]: 1 } }] as const,
  ),
  ["an answer that is missing", { probes: { ...held.probes, missing: 1 } }],
  ["an answer that came twice", { probes: { ...held.probes, twice: 1 } }],
  ["a record's fate", { hostile: [{ app: "progress", read: 3, refused: {}, problems: ["as the test says"] }] }],
  ["an app that read no hostile record", { hostile: [{ app: "progress", read: 0, refused: {}, problems: [] }] }],
  ["a count", { uncounted: ["as the test says"] }],
  ["latency", { latency: { ...held.latency, median: 3.01 } }],
  ["a window without probes", { latency: { ...held.latency, windows: [{ isHostile: false, events: 0, p99Ms: 0 }] } }],
  ["memory", { memory: { boundMb: 100, peaks: [{ app: "progress", peakMb: 101 }] } }],
  ["memory that could not be told", { memory: { boundMb: 100, peaks: [{ app: "progress", peakMb: Number.NaN }] } }],
  ["a process that ended", { failures: ["as the test says"] }],
])("finds %s", (_, changed) => {
  expect(broken({ ...held, ...changed })).toHaveLength(1);
});

it("windows alternate and fill the run", () => {
  expect(windowsOf(4, 0).map(({ isHostile, fromMs, toMs }) => [isHostile, fromMs, toMs])).toEqual([
    [false, 0, 60_000],
    [true, 60_000, 120_000],
    [false, 120_000, 180_000],
    [true, 180_000, 240_000],
  ]);
  expect(windowsOf(0.5, 0)).toHaveLength(2);
});

it("latency is the window's 99th percentile over that of the window before, which counts as 20 ms at least", () => {
  const windows = windowsOf(4, 0);
  const answers = [
    ...Array.from({ length: 100 }, (_, n) => ({ sentMs: 10_000 + n, latencyMs: n < 98 ? 1 : 5 })),
    ...Array.from({ length: 100 }, (_, n) => ({ sentMs: 70_000 + n, latencyMs: n < 98 ? 1 : 60 })),
    { sentMs: 130_000, latencyMs: 100 },
    // Too soon after the window before it.
    { sentMs: 181_000, latencyMs: 9999 },
    { sentMs: 190_000, latencyMs: 250 },
  ].map((answer) => ({ ...answer, app: "progress", student: 1 }));
  const latencies = latenciesIn(windows, answers);
  expect(latencies.map(({ p99Ms }) => p99Ms)).toEqual([5, 60, 100, 250]);
  expect(ratiosOf(latencies)).toEqual([3, 2.5]);
  expect(medianOf([9, 1, 2])).toBe(2);
  expect(medianOf([3, 2.5])).toBe(2.75);
});

it("a record's letter, its lack and one for a good event are held against what was written", () => {
  const note = (number: number, codes: HostileNote["codes"]): [number, HostileNote] => [
    number,
    { number, codes, what: "as the test says", student: 1 },
  ];
  const logs: Logs = {
    good: [],
    hostile: new Map([0, 1, 2, 3].map((number) => [number, `t/0@${number}`])),
    unread: ["t/0@4", "t/0@5"],
    sizes: new Map(),
  };
  const letter = (offset: number, code: string) => ({
    headers: Object.entries({ group: "g", topic: "t", partition: "0", offset: String(offset), code }).map(
      ([name, text]) => [`keyline-error-${name}`, Buffer.from(text)] as const,
    ),
  });
  const notes = new Map([note(0, ["record_null"]), note(1, ["record_null"]), note(2, []), note(3, ["record_null"])]);
  const letters = [
    letter(0, "record_null"),
    letter(1, "key_invalid"),
    letter(4, "batch_too_large"),
    letter(9, "record_null"),
  ];
  const { read, problems } = fatesAt({ group: "g", topics: ["t"] }, notes, logs, letters);
  expect(read).toBe(6);
  expect(problems.map((problem) => problem.split(/[ :]/)[0])).toEqual(["t/0@1", "t/0@3", "t/0@5", "t/0@9"]);
});
