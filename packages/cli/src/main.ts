import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { exitCodes, printError } from "./command/outcome.js";
import { readProject } from "./config.js";
import type { Io } from "./io.js";
import { createProgram } from "./program.js";

/** Runs the command with the arguments that follow its name. Resolves to the exit code; never rejects. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    let code: number = exitCodes.clean;
    const program = createProgram(io, await readProject(io.cwd), (result) => {
      code = result;
    });
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (caught) {
    if (caught instanceof CommanderError) return caught.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    return printError(caught, io);
  }
}

/** Asks at the terminal. */
async function ask(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is in raw mode meanwhile, and Ctrl-C is not a signal there.
  asking.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await asking.question(question);
  } finally {
    asking.close();
  }
}

/** Asks at the terminal; any answer but yes declines. */
const confirm = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());

const signalCodes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
const signalNames = ["SIGINT", "SIGTERM"] as const;

/**
 * Listens to signals while a command holds the exit. No listener is there before: it could not run while the command
 * computes, and the system ends the process in its place. The first process of a container is not ended by the system,
 * so that it listens from the start.
 *
 * Invariant: listeners are there while `holders` is above 0. The first signal that they hear aborts, a later one, or any
 * where nothing but the container's listener holds, ends the process. `code` is that of the last signal.
 */
function listenToSignals(isFirstProcess = process.pid === 1) {
  const controller = new AbortController();
  let holders = 0;
  let code: number = exitCodes.interrupted;
  const hear = (name: (typeof signalNames)[number]) => {
    const isSecond = controller.signal.aborted;
    code = signalCodes[name];
    controller.abort();
    if (isSecond || (isFirstProcess && holders === 1)) process.exit(code);
  };
  const holdExit = () => {
    holders += 1;
    if (holders === 1) for (const name of signalNames) process.on(name, hear);
    return () => {
      holders -= 1;
      if (holders === 0) for (const name of signalNames) process.off(name, hear);
    };
  };
  if (isFirstProcess) holdExit();
  return { signal: controller.signal, code: () => code, holdExit };
}

/** Ends the process as signals end other commands, without a message, when its output is closed (`| head`). */
function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(exitCodes.outputClosed);
    });
  }
}

/** Runs the command in this process: its streams, its working directory, its signals. */
export async function run(args: readonly string[]): Promise<void> {
  const { signal, code: signalCode, holdExit } = listenToSignals();
  endWithOutput();
  const { stdin, stdout, stderr } = process;
  const code = await main(args, {
    out: (text) => stdout.write(text),
    log: (text) => stderr.write(text),
    cwd: process.cwd(),
    environment: process.env,
    ...(stdin.isTTY && stderr.isTTY ? { ask, confirm } : {}),
    ...(stdout.isTTY ? { outColumns: stdout.columns } : {}),
    ...(stderr.isTTY ? { logColumns: stderr.columns } : {}),
    hasColor: stdout.isTTY === true && !process.env.NO_COLOR,
    holdExit,
    signal,
  });
  process.exitCode = code === exitCodes.interrupted ? signalCode() : code;
  // What was interrupted may still wait for a broker.
  if (signal.aborted) stdout.write("", () => process.exit());
}
