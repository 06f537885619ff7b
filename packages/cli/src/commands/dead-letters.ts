import { readRecord } from "@keyline/proof";
import { harmless } from "@keyline/runtime/tools";
import { command } from "../command/command.js";
import { argument, flag, listOption, textOption } from "../command/parameters.js";
import { userName } from "../command/user-name.js";
import { heldKeys } from "../dead-letters/held.js";
import { gapsJson, gapsText, heldText, letterJson, letterText } from "../dead-letters/report.js";
import { runDiscard, runReplay } from "../dead-letters/run.js";
import { filters, letterArgument, needs, openLetters, select, settledFlag } from "../dead-letters/select.js";
import { recordJson, recordText } from "../dead-letters/show.js";
import { counted } from "../report/counted.js";

const shared = {
  group: { name: "dead-letters", summary: "show the events that an app gave up, and send them again" },
  json: "as JSON",
  hasErrorJson: true,
} as const;

/** Lists the letters that wait for an operator. */
export const deadLettersList = command({
  ...shared,
  name: "list",
  summary: "list dead letters that wait, and parked keys if a database is given",
  needs: { ...needs, store: "option" },
  parameters: { ...filters, settled: settledFlag },
  details:
    "Reads the dead-letter topics <topic>.dlq of the contract's topics. Shows ids and reasons, never payloads. Only reads.",
  examples: ["keyline dead-letters list --since 1d --code handler_failed"],
  exits: {
    clean: "nothing waits",
    problems: "something waits",
    couldNotRun: "could not run, or could not read everything",
  },
  async run(input, context) {
    const place = await openLetters(context);
    const { keys: held, failure } = await heldKeys(context.databaseUrl, input);
    const groups = [...place.groups, ...(held ?? []).map(({ app }) => app)];
    const found = await select(input, { ...place, groups }, context.io.signal);
    const error = failure === null ? null : `parked keys are not shown: ${failure}`;
    if (error !== null) context.io.log(`error: ${harmless(error)}\n`);
    const unread = failure === null ? [] : [{ what: "parked keys", reason: failure }];
    const waiting = found.letters.filter(({ settled }) => settled === null).length + (held?.length ?? 0);
    const { letters, notRead } = found;
    const foot = `${counted(letters.length, "dead letter")}${held === null ? "" : `, ${counted(held.length, "parked key")}`}\n`;
    const hint = letters.some(({ settled }) => settled === null)
      ? "Look at one: keyline dead-letters show POSITION; send them again: keyline dead-letters replay\n"
      : "";
    return {
      exit: notRead.length + unread.length > 0 ? "couldNotRun" : waiting > 0 ? "problems" : "clean",
      text: [
        ...letters.map((letter) => letterText(letter, held ?? [])),
        ...(held ?? []).map(heldText),
        ...[gapsText(found), foot, hint],
      ].join(""),
      json: {
        ...{ letters: letters.map((letter) => letterJson(letter, held)), parked: held },
        ...gapsJson({ ...found, notRead: [...notRead, ...unread] }),
        error,
      },
    };
  },
});

/** Shows one letter whole. */
export const deadLettersShow = command({
  ...shared,
  name: "show",
  summary: "show one dead letter with its headers, and its payload on request",
  needs,
  parameters: {
    letter: argument("<letter>", "its position, e.g. code.executed.dlq/3@12"),
    showPayload: flag("--show-payload", "show the payload too"),
  },
  exits: { clean: "shown" },
  async run({ letter: position, showPayload }, context) {
    const place = await openLetters(context);
    const { transport } = place;
    const selection = { topics: [], limit: 1, letter: position, settled: true };
    const [letter] = (await select(selection, place, context.io.signal)).letters;
    if (!letter) return { exit: "couldNotRun" };
    const record = await readRecord(transport, letter.at);
    const source = await readRecord(transport, letter.source);
    return {
      exit: "clean",
      text: `${letterText(letter, [])}${recordText(record, source, showPayload)}`,
      json: { letter: letterJson(letter, null), ...recordJson(record, source, showPayload), error: null },
    };
  },
});

const settling = {
  ...filters,
  letter: letterArgument,
  by: textOption("--by <name>", "the operator's name, for the record (default: the user of this machine)"),
  yes: flag("--yes", "do not ask"),
};

/** Sends letters again, to the group that gave them up. */
export const deadLettersReplay = command({
  ...shared,
  name: "replay",
  summary: "send dead letters again to the group that gave them up, after asking",
  needs,
  parameters: {
    ...settling,
    alsoReaches: listOption(
      "--also-reaches <group>",
      "accept that this group, which may not know redeliveries, handles them too; may be given more than once",
    ),
  },
  details:
    "Appends key, value and headers to the source topic; other Keyline groups skip them. A projection applies each letter once, however often it is sent; a plain handler gets it at least once. Each letter that was sent is marked on its dead-letter topic, and has a line on stderr. First shows what it would do. Without a terminal, nothing is written unless --yes is given.",
  examples: [
    "keyline dead-letters replay --code handler_failed --since 1d",
    "keyline dead-letters replay code.executed.dlq/3@12",
  ],
  exits: {
    clean: "all were sent, or none waits",
    couldNotRun: "could not run, was not confirmed, or some were refused",
    usage: "usage, or no terminal to confirm it at",
  },
  run: ({ by = userName(), ...input }, context) => runReplay({ ...input, by }, context),
});

/** Marks letters that nothing is to be done about. */
export const deadLettersDiscard = command({
  ...shared,
  name: "discard",
  summary: "mark dead letters as settled without sending them, after asking",
  needs,
  parameters: settling,
  details:
    "The letters stay where they are, but are no longer listed. Each has a line on stderr. Without a terminal, nothing is written unless --yes is given.",
  exits: {
    clean: "all were marked, or none waits",
    couldNotRun: "could not run, or was not confirmed",
    usage: "usage, or no terminal to confirm it at",
  },
  run: ({ by = userName(), ...input }, context) => runDiscard({ ...input, by }, context),
});
