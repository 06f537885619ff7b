/**
 * What every long run is on the command line: for `tests/chaos` and `tests/hostile`.
 *
 * @module
 */

/** What a run printed, and its exit code. */
export interface Ran {
  /** What `--json` prints. */
  readonly report: object;
  /** The report for eyes. */
  readonly text: string;
  readonly exitCode: number;
}

/** A program that takes minutes, says on the way how far it is, and prints a report at its end. */
export interface Program<Options extends { readonly json: boolean }> {
  readonly help: string;
  /** Reads the command line. */
  read(args: readonly string[]): Options | "help" | { readonly problem: string };
  run(options: Options, say: (line: string) => void): Promise<Ran>;
}

/** Runs a program. Resolves to its exit code: 1 where the run could not be made, 2 for wrong usage. */
export async function runProgram<Options extends { readonly json: boolean }>(
  { help, read, run }: Program<Options>,
  args: readonly string[],
): Promise<number> {
  const options = read(args);
  if (options === "help") {
    process.stdout.write(help);
    return 0;
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\n\n${help}`);
    return 2;
  }
  const startMs = performance.now();
  const say = (line: string) =>
    process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  try {
    const { report, text, exitCode } = await run(options, say);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : text}\n`);
    return exitCode;
  } catch (caught) {
    process.stderr.write(`the run could not be made: ${caught instanceof Error ? caught.stack : String(caught)}\n`);
    return 1;
  }
}

/** A number above 0, as an option says it. Throws for anything else. */
export function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY))
    throw new Error(`--${name} must be a number above 0, not ${text}`);
  return number;
}

/** A whole number of up to nine digits, as an option says it. Throws for anything else. */
export function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`);
  return Number(text);
}
