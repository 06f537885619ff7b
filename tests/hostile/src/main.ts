import { contractsText, runContracts } from "./contracts/run-contracts.js";
import { broken, textOf } from "./long/report.js";
import { runHostile } from "./long/run.js";
import { type HostileOptions, hostileHelp, readHostileOptions } from "./options.js";

/** What a run printed and whether all held. */
interface Ran {
  readonly report: object;
  readonly text: string;
  readonly held: boolean;
}

type Run = (options: HostileOptions, say: (line: string) => void) => Promise<Ran>;

const ofApps: Run = async (options, say) => {
  const report = await runHostile(options, say);
  return { report, text: textOf(report), held: broken(report).length === 0 };
};

const ofContracts: Run = async (options, say) => {
  const report = await runContracts(options, say);
  return { report, text: contractsText(report), held: report.problems.length === 0 };
};

/** `npm run hostile`. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readHostileOptions(args);
  if (options === "help") {
    process.stdout.write(hostileHelp);
    return 0;
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\n\n${hostileHelp}`);
    return 2;
  }
  const startMs = performance.now();
  const say = (line: string) =>
    process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  try {
    const { report, text, held } = options.contracts > 0 ? await ofContracts(options, say) : await ofApps(options, say);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : text}\n`);
    return held ? 0 : 3;
  } catch (caught) {
    process.stderr.write(`the run could not be made: ${caught instanceof Error ? caught.stack : String(caught)}\n`);
    return 1;
  }
}
