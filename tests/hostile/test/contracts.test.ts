import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "@keyline/cli";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ContractFolder, contractFolder } from "../src/contracts/folder.js";
import { drawContracts, repository } from "../src/contracts/hostile-contract.js";
import { type Checked, judgeCheck } from "../src/contracts/judge-check.js";
import { seedOfTests } from "../src/seed.js";

let folder: ContractFolder | null = null;
beforeAll(async () => {
  folder = await contractFolder();
});
afterAll(() => folder?.remove());

/** Checks the contract in the folder, in this process: its time is the processor's. */
async function check(cwd: string): Promise<Checked> {
  const written = { out: "", log: "" };
  const started = process.cpuUsage();
  const code = await main(["check", "asyncapi.yaml"], {
    cwd,
    environment: {},
    hasColor: false,
    signal: new AbortController().signal,
    out: (text) => {
      written.out += text;
    },
    log: (text) => {
      written.log += text;
    },
  });
  return { ...written, code, tookMs: process.cpuUsage(started).user / 1000 };
}

it(`check ends in time, for any contract, and says why: seed ${seedOfTests()}`, async () => {
  if (!folder) throw new Error("the folder was not made");
  const problems: string[] = [];
  const codes = new Map<unknown, number>();
  const unchanged = { what: "nothing", content: await readFile(join(repository, "asyncapi.yaml")) };
  for (const { what, content } of [unchanged, ...drawContracts(seedOfTests(), 40)]) {
    await writeFile(folder.file, content);
    const checked = await check(folder.path);
    codes.set(checked.code, (codes.get(checked.code) ?? 0) + 1);
    const problem = judgeCheck(checked);
    if (problem !== null) problems.push(`${what}: ${problem}`);
  }
  expect(problems).toEqual([]);
  // The first is valid, most are not.
  expect(codes.get(3)).toBeGreaterThan(15);
  expect(codes.get(0)).toBeGreaterThan(0);
}, 120_000);
