import type { Contract } from "@keyline/contract";
import {
  contractTopics,
  type FoundLetters,
  type Letter,
  type LetterFilter,
  markerOf,
  readLetters,
  readRecord,
} from "@keyline/proof";
import { errorCodes, type RecordPosition, type TopicDescriptor, type Transport } from "@keyline/runtime";
import { deadLetterTopic, parsePosition } from "@keyline/runtime/tools";
import type { ClusterInspector } from "@keyline/runtime/transport";
import type { Context } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, optionWithDefault, textOption } from "../command/parameters.js";
import { range } from "../command/shared.js";
import { count } from "../command/values.js";
import { positionText } from "../trace/merge.js";
import { settledText } from "./report.js";

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

/** Where letters lie, and what is known of the apps that wrote them. */
export interface LetterPlace {
  /** The contract's topics whose letters can be read. */
  readonly topics: readonly TopicDescriptor[];
  /** Groups that are known without a letter or a commit: the contract's, and apps that have parked keys. */
  readonly groups: readonly string[];
  readonly transport: Transport;
  readonly inspector: ClusterInspector;
}

/** Opens the letters of the contract's topics on the cluster. */
export async function openLetters({ contract, cluster }: Context<typeof needs>): Promise<LetterPlace> {
  const loaded = await contract();
  const { transport, inspector } = await cluster();
  const groups = loaded.operations.flatMap(({ groupId }) => groupId ?? []);
  return { topics: withLetters(loaded), groups, transport, inspector };
}

/** The topics of a contract whose letters can be read. */
export const withLetters = (contract: Contract): TopicDescriptor[] =>
  Object.values(contractTopics(contract)).filter(({ parameters }) => parameters.length === 0);

/** Reads the letters that are asked for. Throws where one that is named by its position does not wait there. */
export async function select(selection: Selection, place: LetterPlace, signal: AbortSignal): Promise<FoundLetters> {
  const { topics, transport } = place;
  checkCode(selection.code);
  if (selection.letter) return selectOne(selection, selection.letter, place, signal);
  const names = topics.flatMap(({ name, address }) => [name, address, deadLetterTopic(address)]);
  for (const name of selection.topics) checkKnown("the contract has no topic", name, names);
  const chosen = topics.filter(({ name, address }) =>
    [name, address, deadLetterTopic(address)].some(
      (one) => selection.topics.length === 0 || selection.topics.includes(one),
    ),
  );
  const addresses = chosen.map(({ address }) => address);
  const { key, code, group, since, limit, settled } = selection;
  const filter = { topics: addresses, key, code, group, sinceMs: since, limit, withSettled: settled === true };
  const found = await readLetters(transport, filter, signal);
  if (group !== undefined) await checkGroup(group, addresses, found, place);
  return found;
}

/** A letter that has no code is shown as `unknown`. */
const codes = [...Object.keys(errorCodes), "unknown"];

function checkCode(code: string | undefined): void {
  if (code === undefined) return;
  checkKnown("unknown error code", code, codes, "see the codes in keyline dead-letters list");
}

/** Refuses a group that has no letter and no part in the topics: what was meant has another name. */
async function checkGroup(
  group: string,
  addresses: readonly string[],
  { groups: ofLetters, notRead }: FoundLetters,
  { groups, inspector }: LetterPlace,
): Promise<void> {
  // What was not read may have a letter of it.
  if (notRead.length > 0 || ofLetters.includes(group) || groups.includes(group)) return;
  const reading = (await inspector.groups(addresses)).map(({ groupId }) => groupId);
  if (reading.includes(group)) return;
  const known = [...new Set([...groups, ...reading])].sort();
  const others =
    ofLetters.length > 0
      ? `; letters are of: ${ofLetters.join(", ")}`
      : known.length > 0
        ? `; the topics' groups are: ${known.join(", ")}`
        : "; the topics have no consumer groups";
  throw new CommandError("usage", `no letter is of group ${group}${others}`);
}

/** The letter at a position. */
async function selectOne(
  { settled }: Selection,
  text: string,
  { topics, transport }: LetterPlace,
  signal: AbortSignal,
): Promise<FoundLetters> {
  const at = positionOf(text, topics);
  await checkPartition(at, transport);
  const source = topics.filter(({ address }) => deadLetterTopic(address) === at.topic);
  const filter = { topics: source.map(({ address }) => address), limit: Number.MAX_SAFE_INTEGER, withSettled: true };
  const found = await readLetters(transport, filter, signal);
  const letter = found.letters.find((one) => isAt(one, at));
  if (!letter)
    throw new CommandError("couldNotRun", `no dead letter is at ${text}: ${await whatIsAt(at, found, transport)}`);
  if (letter.settled && settled !== true)
    throw new CommandError("couldNotRun", `${text} was ${settledText(letter)}: nothing was written`);
  return { ...found, letters: [letter] };
}

const isAt = ({ at }: Letter, { topic, partition, offset }: RecordPosition): boolean =>
  at.topic === topic && at.partition === partition && at.offset === offset;

async function checkPartition({ topic, partition }: RecordPosition, transport: Transport): Promise<void> {
  const partitions = (await transport.partitionCounts([topic])).get(topic);
  if (partitions === undefined) throw new CommandError("couldNotRun", `not on the cluster: ${topic}`);
  if (partition < partitions) return;
  const those = `it has ${partitions}, from 0 to ${partitions - 1}`;
  throw new CommandError("usage", `${topic} has no partition ${partition}: ${those}`);
}

async function whatIsAt(at: RecordPosition, { notRead }: FoundLetters, transport: Transport): Promise<string> {
  if (notRead.length > 0) return notRead.map(({ what, reason }) => `${what}: ${reason}`).join(": ");
  const record = await readRecord(transport, at);
  if (!record) return "the log has no record there: see keyline dead-letters list";
  const marker = markerOf(record);
  if (marker) return `its record marks ${positionText({ ...at, offset: marker.offset })} as settled`;
  return "its record was not written by a Keyline app";
}

function positionOf(text: string, topics: readonly TopicDescriptor[]): RecordPosition {
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
