import type { Command } from "./command.js";
import { needHelp } from "./needs.js";
import { type Exit, exitCodes } from "./outcome.js";

const usualExits: Readonly<Record<Exit, string>> = {
  clean: "clean",
  couldNotRun: "could not run",
  usage: "usage",
  problems: "problems found",
  interrupted: "interrupted",
  outputClosed: "output closed by its reader",
  terminated: "terminated",
};

/** `Exit codes: 0 clean; 1 could not run; …`, without those that a command never has. */
export function exitsText(exits: Command["exits"] = usualExits): string {
  const known = { ...usualExits, ...exits };
  const shown = (Object.keys(exitCodes) as Exit[]).filter(
    (name) => name !== "problems" || exits.problems !== undefined,
  );
  return wrapped(`Exit codes: ${shown.map((name) => `${exitCodes[name]} ${known[name]}`).join("; ")}.`);
}

/** What help says of a command after its parameters. */
export function detailsText({ details = "", needs = {}, examples = [], exits = {} }: Command): string {
  const shown = examples.map((example) => `\n  ${example}`).join("");
  const parts = [
    wrapped([details, needHelp(needs)].filter((text) => text !== "").join(" ")),
    shown === "" ? "" : `Examples:${shown}`,
    exitsText(exits),
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const width = 120;

/** Text in lines that fit a page. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trimStart();
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}
