import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { SourceNode } from "../source/tree.js";
import { type Field, fieldsIn } from "./fields.js";
import { domainAlone, expressionOf, tryDomain } from "./fit.js";
import { likeness } from "./likeness.js";

/** A field that may be the key that a channel's messages declare. */
export interface KeyCandidate {
  readonly path: readonly string[];
  readonly expression: string;
  /** What must become true before it can be; null where every message of the topic has it already. */
  readonly once: string | null;
}

/** More are of no use: the key is none of those then. */
const maxCandidates = 5;

/** What to wait for, by the rule that is broken now; of other rules a field cannot be the key. */
const conditions: { readonly [rule: string]: string } = {
  "key-required": "it is required in every message",
  "key-unresolved": "every message has it",
};

const nameOf = ({ path }: Field) => JSON.stringify(path);

/**
 * Fields of a channel's payloads that are like a key, those that every message requires first, then the likest. What is
 * less than half as like as the likest is not among them.
 */
export const candidatesOf = (reading: Reading, channel: ReadChannel, key: SourceNode): readonly KeyCandidate[] => {
  const { files } = reading;
  const fields = channel.messages.flatMap(({ payload }) => (payload ? fieldsIn(files, payload) : []));
  const ranked = [...new Map(fields.map((field) => [nameOf(field), field])).values()]
    .map((field) => ({ field, rank: likeness(files, key, field) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
  const likely = ranked.filter(({ rank }) => 2 * rank >= (ranked[0]?.rank ?? 0)).slice(0, 4 * maxCandidates);
  const judged = likely.flatMap(({ field: { path } }) => {
    const { problem } = tryDomain(reading, domainAlone(channel.channel.id, path, channel.node), channel);
    const once = problem === null ? null : conditions[problem.rule];
    return once === undefined ? [] : [{ path, expression: expressionOf(path), once }];
  });
  return judged.sort((a, b) => Number(a.once !== null) - Number(b.once !== null)).slice(0, maxCandidates);
};
