import { chaosHelp, readChaosOptions } from "./options.js";
import { runProgram } from "./program.js";
import { held, textOf, unseen } from "./report.js";
import { runChaos } from "./run.js";

/** `npm run chaos`. Resolves to the exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  runProgram(
    {
      help: chaosHelp,
      read: readChaosOptions,
      async run(options, say) {
        const report = await runChaos(options, say);
        return { report, text: textOf(report), exitCode: held(report) && unseen(report).length === 0 ? 0 : 3 };
      },
    },
    args,
  );
