import type { Io } from "../io.js";
import { CommandError } from "./outcome.js";

/** Asks before a command writes. Rejects without a terminal to ask at (usage: `--yes` is missing), and if the user declines. */
export async function confirmed(question: string, toDo: string, io: Io): Promise<void> {
  const answer = await io.confirm?.(question);
  if (answer === undefined) throw new CommandError("usage", `not at a terminal: pass --yes to ${toDo}`);
  if (answer) return;
  io.log("nothing was changed\n");
  throw new CommandError("couldNotRun");
}
