import { readSoakOptions, soakHelp } from "./soak/options.js";
import { textOf } from "./soak/report.js";
import { runSoak } from "./soak/run-soak.js";

/** `npm run soak`. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readSoakOptions(args);
  if (options === "help") {
    process.stdout.write(soakHelp);
    return 0;
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\n\n${soakHelp}`);
    return 2;
  }
  try {
    const startMs = performance.now();
    const say = (line: string) =>
      process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
    const report = await runSoak(options, say);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : textOf(report)}\n`);
    return report.problems.length === 0 ? 0 : 1;
  } catch (caught) {
    process.stderr.write(`the run could not be made: ${caught instanceof Error ? caught.stack : String(caught)}\n`);
    return 1;
  }
}
