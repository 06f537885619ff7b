import { chaosHelp, readChaosOptions } from "./options.js";
import { held, textOf, unseen } from "./report.js";
import { runChaos } from "./run.js";

/** `npm run chaos`. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readChaosOptions(args);
  if (options === "help") {
    process.stdout.write(chaosHelp);
    return 0;
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\n\n${chaosHelp}`);
    return 2;
  }
  try {
    const startMs = performance.now();
    const say = (line: string) =>
      process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
    const report = await runChaos(options, say);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : textOf(report)}\n`);
    return held(report) && unseen(report).length === 0 ? 0 : 3;
  } catch (caught) {
    process.stderr.write(`the run could not be made: ${caught instanceof Error ? caught.stack : String(caught)}\n`);
    return 1;
  }
}
