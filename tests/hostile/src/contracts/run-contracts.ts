import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostileOptions } from "../options.js";
import { contractFolder } from "./folder.js";
import { drawContracts, repository } from "./hostile-contract.js";
import { boundMs, type Checked, judgeCheck } from "./judge-check.js";

/** What checking many contracts found. */
export interface ContractsReport {
  readonly options: HostileOptions;
  readonly boundMs: number;
  /** How many ended with each exit code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly slowest: { readonly tookMs: number; readonly what: string };
  readonly problems: readonly string[];
}

/** Checks hostile contracts, each by the command itself in a process of its own. */
export async function runContracts(options: HostileOptions, say: (line: string) => void): Promise<ContractsReport> {
  const folder = await contractFolder();
  const codes = new Map<string, number>();
  const problems: string[] = [];
  let slowest = { tookMs: 0, what: "" };
  try {
    for (const [index, { what, content }] of drawContracts(options.seed, options.contracts).entries()) {
      if (index > 0 && index % 50 === 0) say(`${index} of ${options.contracts} contracts, ${problems.length} problems`);
      await writeFile(folder.file, content);
      const checked = await check(folder.path);
      codes.set(String(checked.code), (codes.get(String(checked.code)) ?? 0) + 1);
      if (checked.tookMs > slowest.tookMs) slowest = { tookMs: Math.round(checked.tookMs), what };
      const problem = judgeCheck(checked);
      if (problem !== null) problems.push(`${what}: ${problem}`);
    }
  } finally {
    await folder.remove();
  }
  return { options, boundMs, codes: Object.fromEntries(codes), slowest, problems };
}

/** One that does not end is ended, which the code tells. */
function check(cwd: string): Promise<Checked> {
  const command = [join(repository, "packages/cli/bin/keyline.js"), "check", "asyncapi.yaml"];
  const started = performance.now();
  return new Promise((resolve) => {
    const limits = { cwd, timeout: 2 * boundMs, killSignal: "SIGKILL", maxBuffer: 2 ** 28 } as const;
    const child = execFile(process.execPath, command, limits, (_, out, log) =>
      resolve({
        ...{ out, log, tookMs: performance.now() - started },
        code: child.exitCode ?? child.signalCode ?? "SIGKILL",
      }),
    );
  });
}

/** The report for eyes. */
export function contractsText({ options, boundMs, codes, slowest, problems }: ContractsReport): string {
  const table: readonly (readonly [string, unknown])[] = [
    ...Object.entries(codes).map(([code, count]) => [`ended with ${code}`, count] as const),
    ["the slowest", `${slowest.tookMs} of ${boundMs} ms (${slowest.what})`],
  ];
  return [
    `hostile contracts: ${options.contracts}, seed ${options.seed}`,
    ...table.map(([name, value]) => `  ${name.padEnd(40)} ${value}`),
    ...problems.map((problem) => `  FOUND: ${problem}`),
    problems.length === 0 ? "all held" : "NOT all held",
  ].join("\n");
}
