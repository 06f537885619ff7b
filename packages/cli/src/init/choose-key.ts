import type { KeyChoice, KeyChoices } from "@keyline/contract/source";
import { CommandError } from "../command/outcome.js";
import type { Io } from "../io.js";
import { counted } from "../report/counted.js";
import { nameText } from "../report/frame.js";

/** The name that a person gives to a field: that of one at the top, else a pointer. */
export const fieldText = ({ path, expression }: Pick<KeyChoice, "path" | "expression">): string =>
  path.length === 1 && !/[/$#]/.test(path[0] ?? "") ? (path[0] ?? "") : expression.replace("$message.payload#", "");

const choiceText = (choice: KeyChoice) =>
  `${nameText(fieldText(choice))} (${counted(choice.channels.length, "channel")})`;

/** The fields that are likely, in one line. */
export const likelyText = ({ likely }: KeyChoices): string => likely.slice(0, 9).map(choiceText).join(", ");

const refused = (field: string, choices: KeyChoices, file: string): CommandError => {
  const why = choices.isDecided
    ? `${file} says by itself which topics are keyed: leave --key out`
    : `no topic of ${file} can have the key ${JSON.stringify(field)}: it is a string or an integer, of the payload, that each message of the topic requires`;
  const hint = choices.likely.length === 0 ? "" : `\nLikely: ${likelyText(choices)}`;
  return new CommandError("usage", `${why}${hint}`);
};

async function askFor(choices: KeyChoices, { ask, log }: Io): Promise<string> {
  if (!ask) return "";
  const shown = choices.likely.slice(0, 9);
  log("Which field is the key, whose events keep their order?\n");
  for (const [index, one] of shown.entries()) log(`  ${index + 1}  ${choiceText(one)}\n`);
  const answer = (await ask("a number, another field, or nothing for no key [] ")).trim();
  const byNumber = /^[1-9]$/.test(answer) ? shown[Number(answer) - 1] : undefined;
  return byNumber ? byNumber.expression : answer;
}

/**
 * The key of a contract that leaves it open: the one that was named, else the one that is chosen at a terminal, else none.
 * Rejects where no topic can have the one that was named.
 */
export async function chooseKey(
  choices: KeyChoices,
  {
    key,
    file,
    isAsked,
  }: { readonly key: string | false | undefined; readonly file: string; readonly isAsked: boolean },
  io: Io,
): Promise<KeyChoice | null> {
  const named = typeof key === "string";
  const mayAsk = key === undefined && isAsked && !choices.isDecided && choices.likely.length > 0;
  const field = named ? key : mayAsk ? await askFor(choices, io) : "";
  if (field === "" && !named) return null;
  const choice = choices.isDecided ? null : choices.choose(field);
  if (choice === null) throw refused(field, choices, file);
  return choice;
}
