import type { Contract } from "@keyline/contract";
import { contractTopics, type FoundLetters, type Letter, type LetterFilter, readLetters } from "@keyline/proof";
import type { TopicDescriptor, Transport } from "@keyline/runtime";
import { deadLetterTopic, parsePosition } from "@keyline/runtime/tools";
import type { Context } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/shared.js";
import { count } from "../command/values.js";

/** Which letters a command works on. */
export const filters = {
  topics: range.topics,
  key: textOption("--key <key>", "only letters of this key"),
  code: textOption("--code <code>", "only letters with this error code, e.g. handler_failed"),
  group: textOption("--group <name>", "only letters of this consumer group"),
  since: { ...range.since, help: "only letters that failed since this time: 15m, 2h, 3d ago, or a date" },
  limit: optionWithDefault("--limit <n>", "at most this many, oldest first", count, "1000"),
};

export const letterArgument = {
  ...argument(
    "[letter]",
    "one letter by its position, e.g. code.executed.dlq/3@12 (default: all that match the options)",
  ),
  absent: "",
};

export const settledFlag = flag("--settled", "also those that were replayed or discarded");

/** What was typed of that. */
export interface Selection extends Pick<LetterFilter, "key" | "code" | "group" | "limit"> {
  /** Names or addresses of topics, or of their dead-letter topics. */
  readonly topics: readonly string[];
  readonly since?: number | undefined;
  readonly letter?: string;
  readonly settled?: boolean;
}

export const needs = { contract: "option", cluster: true } as const;

/** The contract's topics whose letters can be read. */
export const topicsOf = async ({ contract }: Pick<Context<typeof needs>, "contract">): Promise<TopicDescriptor[]> =>
  withLetters(await contract());

/** Those of a contract. */
export const withLetters = (contract: Contract): TopicDescriptor[] =>
  Object.values(contractTopics(contract)).filter(({ parameters }) => parameters.length === 0);

/** Reads the letters that are asked for. Throws where one that is named by its position is not there. */
export async function select(
  selection: Selection,
  topics: readonly TopicDescriptor[],
  transport: Transport,
  signal: AbortSignal,
): Promise<FoundLetters> {
  const at = selection.letter ? positionOf(selection.letter, topics) : null;
  const named = at ? [at.topic] : selection.topics;
  const names = topics.flatMap(({ name, address }) => [name, address, deadLetterTopic(address)]);
  for (const name of named) checkKnown("the contract has no topic", name, names);
  const chosen = topics.filter(({ name, address }) =>
    [name, address, deadLetterTopic(address)].some((one) => named.length === 0 || named.includes(one)),
  );
  const { key, code, group, since, limit, settled } = selection;
  const found = await readLetters(
    transport,
    {
      topics: chosen.map(({ address }) => address),
      ...(at ? { limit: Number.MAX_SAFE_INTEGER } : { key, code, group, sinceMs: since, limit }),
      withSettled: settled === true,
    },
    signal,
  );
  if (!at) return found;
  const letters = found.letters.filter((letter) => isAt(letter, at));
  if (letters.length > 0) return { ...found, letters };
  const unread = found.notRead.map(({ what, reason }) => `: ${what}: ${reason}`).join("");
  throw new CommandError(
    "couldNotRun",
    `no dead letter waits at ${selection.letter}: see keyline dead-letters list${unread}`,
  );
}

const isAt = ({ at }: Letter, { topic, partition, offset }: Letter["at"]): boolean =>
  at.topic === topic && at.partition === partition && at.offset === offset;

function positionOf(text: string, topics: readonly TopicDescriptor[]): Letter["at"] {
  const at = parsePosition(text);
  if (!at)
    throw new CommandError(
      "usage",
      `${JSON.stringify(text)} is not the position of a letter: pass one like code.executed.dlq/3@12`,
    );
  checkKnown(
    "the contract has no dead-letter topic",
    at.topic,
    topics.map(({ address }) => deadLetterTopic(address)),
  );
  return at;
}
