import { nearest } from "@keyline/json-schema";
import { command } from "../command/command.js";
import { helpWidth } from "../command/help.js";
import { CommandError } from "../command/outcome.js";
import { argument } from "../command/parameters.js";
import { fitPage } from "../explain/fit-page.js";
import { type Explained, explainedIds, pageOf, printedBy, wordsOf } from "../explain/ids.js";

/** Prints the page of an id, then those of ids with the same words that other commands print. */
export const explain = command({
  name: "explain",
  summary: "print the page of a rule, an error code, a check, a mark, a finding or an alert",
  parameters: { id: argument("<id>", "the id, e.g. key-required, handler_failed, doctor-groups, KeylineDeadLetters") },
  async run({ id }, { io }) {
    const wanted = id.startsWith("asyncapi/") ? "asyncapi" : id;
    const explained = await explainedIds();
    const exact = explained.filter((one) => one.id === wanted);
    if (exact.length === 0) throw unknown(wanted, explained);
    const found = [...exact, ...explained.filter(({ id }) => id !== wanted && wordsOf(id) === wordsOf(wanted))];
    const pages = await Promise.all(found.map(pageOf));
    if (pages.includes(null))
      throw new CommandError("couldNotRun", `the page of ${wanted} is missing from this installation`);
    const parts = found.map(({ id, folder }, index) => {
      const between = index === 0 ? "" : `\n---\n\n${id} as ${printedBy[folder]} prints it:\n\n`;
      return `${between}${pages[index]}`;
    });
    const text = parts.join("");
    // A file gets the page as it is; a terminal gets lines that it does not break.
    return { exit: "clean", text: io.outColumns === undefined ? text : fitPage(text, helpWidth(io)) };
  },
});

/** Words that are shorter are in too many ids. */
const shortestWord = 4;
const mostShown = 12;

function unknown(id: string, explained: readonly Explained[]): CommandError {
  const ids = [...new Set(explained.map((one) => one.id))];
  const guess = nearest(id, ids);
  if (guess !== null) return new CommandError("usage", `unknown id '${id}'\n(Did you mean ${guess}?)`);
  const words = id
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length >= shortestWord);
  const alike = ids.filter((one) => words.some((word) => one.toLowerCase().includes(word)));
  const shown = (alike.length > 0 ? alike : ids).slice(0, mostShown);
  const more =
    alike.length > 0 ? "" : ` and ${ids.length - shown.length} more, which commands print with what they find`;
  return new CommandError("usage", `unknown id '${id}'\nKnown: ${shown.join(", ")}${more}`);
}
