import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { canRun } from "@keyline/needs";
import { beforeAll, describe, expect, it } from "vitest";
import { type FaultKind, faultKinds } from "../src/faults/plan.js";
import type { ChaosReport } from "../src/run.js";
import { violationsOf } from "../src/stock/findings.js";

// A connection that falls silent is left after the 30 s that a request may take: nearly as long as this run, and longer than a
// copy may take to end. A topic that is recreated while brokers are killed takes its reader up to a minute to be sure of.
const tooSlow: readonly FaultKind[] = ["connections silenced", "topic recreated"];
const faults = faultKinds.filter((kind) => !tooSlow.includes(kind)).join(",");

const once = ["transaction left open", "row refused", "partitions added"] as const;

const short = ["--minutes", "0.75", "--seed", "1"];

const program = join(import.meta.dirname, "../bin/run.js");

describe.skipIf(!(await canRun("kafka")))("a short chaos run", () => {
  let report: ChaosReport | undefined;
  const found = (): ChaosReport => {
    if (!report) throw new Error("the run could not be made");
    return report;
  };
  beforeAll(async () => {
    const run = promisify(execFile)(process.execPath, [program, ...short, "--faults", faults, "--json"], {
      maxBuffer: 50_000_000,
    });
    // It ends with 3 where a promise is broken: its report says which.
    const { stdout } = await run.catch((caught: { readonly stdout: string }) => caught);
    report = JSON.parse(stdout) as ChaosReport;
    console.info(JSON.stringify({ ...report, options: undefined }, null, 1));
  }, 400_000);

  it("does every kind of fault", () => {
    const { faults } = found();
    expect(faults["broker killed"]).toBeGreaterThan(0);
    expect(faults["database restarted"]).toBeGreaterThan(0);
    expect(faults["handler stalled"]).toBeGreaterThan(0);
    for (const kind of once) expect(faults[kind], kind).toBeGreaterThan(0);
    const ofApps = (["app killed", "app stalled", "app joined", "app left", "app replaced"] as const).map(
      (kind) => faults[kind] ?? 0,
    );
    expect(ofApps.reduce((a, b) => a + b)).toBeGreaterThan(2);
    expect(found().answersLost).toBeGreaterThan(5);
    expect(found().failures).toEqual([]);
  });

  it("every acknowledged event is in the log exactly once, per student in the order of the calls", () => {
    const { publishing } = found();
    expect(publishing.acknowledged).toBeGreaterThan(3000);
    expect(publishing).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, unanswered: 0, examples: [] });
    expect(found().ambiguousStudents).toBe(0);
  });

  it("the tables and the outputs are the fold of that log, each effect once", () => {
    const { effects, deadLetters, givenUp, firings } = found();
    expect(effects.outputs).toBeGreaterThan(500);
    // How many there are depends on how far the lanes are behind the clock: on a slow machine events come first.
    expect(firings).toBeGreaterThan(0);
    expect(effects).toMatchObject({ twice: 0, missing: 0, unstable: 0, overtaken: 0, examples: [] });
    expect(deadLetters).toEqual([]);
    expect(givenUp).toBeGreaterThan(0);
  });

  it("a plain handler has written a row for each event, once", () => {
    expect(found().points.rows).toBeGreaterThan(2000);
    expect(found().points).toMatchObject({ twice: 0, missing: 0 });
  });

  it("beside the class every acknowledged event is there once and handled, unless its topic was deleted", () => {
    const { sideTopics } = found();
    expect(sideTopics.acknowledged).toBeGreaterThan(300);
    expect(sideTopics).toMatchObject({ lost: 0, duplicated: 0, unhandled: 0 });
  });

  it.each(["A3", "A4", "A5", "A6", "A10"])("would see what stock kafkajs breaks: %s", (id) => {
    const { stock } = found();
    if (!stock) throw new Error("the comparison was left out");
    expect(violationsOf(stock).find((violation) => violation.id === id)?.count).toBeGreaterThan(0);
  });
});
