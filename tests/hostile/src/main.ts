import { type Program, runProgram } from "@student-events/chaos/program";
import { contractsText, runContracts } from "./contracts/run-contracts.js";
import { broken, textOf } from "./long/report.js";
import { runHostile } from "./long/run.js";
import { type HostileOptions, hostileHelp, readHostileOptions } from "./options.js";

type Run = Program<HostileOptions>["run"];

const ofApps: Run = async (options, say) => {
  const report = await runHostile(options, say);
  return { report, text: textOf(report), exitCode: broken(report).length === 0 ? 0 : 3 };
};

const ofContracts: Run = async (options, say) => {
  const report = await runContracts(options, say);
  return { report, text: contractsText(report), exitCode: report.problems.length === 0 ? 0 : 3 };
};

const run: Run = (options, say) => (options.contracts > 0 ? ofContracts : ofApps)(options, say);

/** `npm run hostile`. Resolves to the exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  runProgram({ help: hostileHelp, read: readHostileOptions, run }, args);
