import { runProgram } from "./program.js";
import { readSoakOptions, soakHelp } from "./soak/options.js";
import { textOf } from "./soak/report.js";
import { runSoak } from "./soak/run-soak.js";

/** `npm run soak`. Resolves to the exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  runProgram(
    {
      help: soakHelp,
      read: readSoakOptions,
      async run(options, say) {
        const report = await runSoak(options, say);
        return { report, text: textOf(report), exitCode: report.problems.length === 0 ? 0 : 3 };
      },
    },
    args,
  );
