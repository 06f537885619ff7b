import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { readConfig } from "./config.js";
import { exitCodes } from "./exit-codes.js";
import type { Io } from "./io.js";
import { createProgram } from "./program.js";

/** Runs the command with the arguments that follow its name. Resolves to the exit code; never rejects. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    let code: number = exitCodes.clean;
    const program = createProgram(io, await readConfig(io.cwd), (result) => {
      code = result;
    });
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (caught) {
    if (caught instanceof CommanderError) return caught.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    io.log(`error: ${caught instanceof Error ? caught.message : String(caught)}\n`);
    return exitCodes.couldNotRun;
  }
}

/** Asks at the terminal. */
async function ask(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is in raw mode meanwhile, and Ctrl-C no signal.
  asking.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await asking.question(question);
  } finally {
    asking.close();
  }
}

/** Asks at the terminal; anything but yes is no. */
const confirm = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());

/** Runs the command in this process: its streams, its working directory, its signals. */
export async function run(args: readonly string[]): Promise<void> {
  const controller = new AbortController();
  let held = 0;
  let interruption: number = exitCodes.interrupted;
  const onSignal = (code: number) => () => {
    // The second time nobody wants to wait any more.
    const isImpatient = controller.signal.aborted;
    interruption = code;
    controller.abort();
    if (held === 0 || isImpatient) process.exit(code);
  };
  process.on("SIGINT", onSignal(exitCodes.interrupted));
  process.on("SIGTERM", onSignal(exitCodes.terminated));
  const holdExit = () => {
    held += 1;
    return () => {
      held -= 1;
    };
  };
  // Who read the output has seen enough (`| head`): the end that a signal gives other commands, without a word.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(exitCodes.unread);
    });
  }
  const hasColor = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const code = await main(args, {
    out: (text) => process.stdout.write(text),
    log: (text) => process.stderr.write(text),
    cwd: process.cwd(),
    environment: process.env,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask, confirm } : {}),
    ...(process.stdout.isTTY ? { outColumns: process.stdout.columns } : {}),
    ...(process.stderr.isTTY ? { logColumns: process.stderr.columns } : {}),
    holdExit,
    hasColor,
    signal: controller.signal,
  });
  process.exitCode = code === exitCodes.interrupted ? interruption : code;
  // What was interrupted may still wait for a broker.
  if (controller.signal.aborted) process.stdout.write("", () => process.exit());
}
