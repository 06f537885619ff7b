import type { Io } from "../io.js";
import type { Command } from "./command.js";
import { needHelp } from "./needs.js";
import { type Exit, exitCodes } from "./outcome.js";

const usualExits: Readonly<Record<Exit, string>> = {
  clean: "no problems",
  couldNotRun: "could not run",
  usage: "usage",
  problems: "problems found",
  interrupted: "interrupted",
  outputClosed: "output closed by its reader",
  terminated: "terminated",
};

/** Exits that are the same for every command: the help of the whole command line has them. */
const common: readonly Exit[] = ["interrupted", "outputClosed", "terminated"];

/** `Exit codes: 0 no problems; 1 could not run; …`, in lines of `width`. */
export function exitsText(width: number, exits: Command["exits"] = usualExits): string {
  const known = { ...usualExits, ...exits };
  const shown = (Object.keys(exitCodes) as Exit[]).filter(
    (name) => exits[name] !== undefined || (name !== "problems" && !common.includes(name)),
  );
  return wrapped(`Exit codes: ${shown.map((name) => `${exitCodes[name]} ${known[name]}`).join("; ")}.`, width);
}

/** What help says of a command after its parameters, in lines of `width`. */
export function detailsText({ details = "", needs = {}, examples = [], exits = {} }: Command, width: number): string {
  const shown = examples.map((example) => `\n  ${example}`).join("");
  const parts = [
    wrapped([details, needHelp(needs)].filter((text) => text !== "").join(" "), width),
    shown === "" ? "" : `Examples:${shown}`,
    exitsText(width, exits),
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** The width of help texts: the terminal's, as far as lines are easy to read; 80 without a terminal. */
export const helpWidth = ({ outColumns = 80 }: Pick<Io, "outColumns">): number => Math.min(outColumns, 120);

/** A text in lines of `width`; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trimStart();
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}
