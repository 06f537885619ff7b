import { broken, textOf } from "./long/report.js";
import { runHostile } from "./long/run.js";
import { hostileHelp, readHostileOptions } from "./options.js";

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
    const report = await runHostile(options, say);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : textOf(report)}\n`);
    return broken(report).length === 0 ? 0 : 3;
  } catch (caught) {
    process.stderr.write(`the run could not be made: ${caught instanceof Error ? caught.stack : String(caught)}\n`);
    return 1;
  }
}
