import { harmless, harmlessJson } from "@keyline/runtime/tools";
import type { Io } from "../io.js";

/** The meaning of each exit code, the same for every command. */
export const exitCodes = {
  clean: 0,
  couldNotRun: 1,
  usage: 2,
  problems: 3,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

export type Exit = keyof typeof exitCodes;

/** What a command came to. */
export interface Outcome {
  readonly exit: Exit;
  /** For people, after what the command printed while it ran. */
  readonly text?: string;
  /** What `--json` prints, after `version` and `command`. */
  readonly json?: object;
}

/** Ends a command early. Without a message, what is wrong is on the log already. */
export class CommandError extends Error {
  constructor(
    readonly exit: Extract<Exit, "usage" | "couldNotRun">,
    message = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Prints an outcome as people or programs read it. Returns its exit code. */
export function printOutcome(command: string, { exit, text = "", json }: Outcome, isJson: boolean, io: Io): number {
  if (isJson) io.out(`${harmlessJson({ version: 1, command, ...json }, 2)}\n`);
  else if (text !== "") io.out(text);
  return exitCodes[exit];
}

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

/** Prints why a command ended early, for programs. */
export function printErrorJson(command: string, caught: unknown, io: Io): void {
  const error = messageOf(caught) || "it is on the error output";
  io.out(`${harmlessJson({ version: 1, command, error }, 2)}\n`);
}

/** Logs why a command could not do what it was asked to. Returns its exit code. */
export function printError(caught: unknown, io: Io): number {
  const message = messageOf(caught);
  // A command's own words may have several lines; what else is caught may quote anything.
  const lines = caught instanceof CommandError ? message.split("\n") : [message];
  if (message !== "") io.log(`error: ${lines.map(harmless).join("\n")}\n`);
  return exitCodes[caught instanceof CommandError ? caught.exit : "couldNotRun"];
}
