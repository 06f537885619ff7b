import type { Diagnostic } from "../contract.js";
import { type DeclaredKey, declaredKeys, keyWords } from "../key/binding.js";
import { candidatesOf, type KeyCandidate } from "../key/candidates.js";
import { domainAlone, tryDomain } from "../key/fit.js";
import { orderingLine } from "../key/ordering-lines.js";
import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import { parseLocation } from "../model/message.js";
import type { DeclaredDomain, Ordering } from "../model/ordering.js";
import { entry, type SourceNode, text } from "../source/tree.js";

const report = (reading: Reading, at: SourceNode, says: Pick<Diagnostic, "message" | "fix" | "lines">) =>
  reading.reporter.report("key-source", at.label, says);

const unkeyed = ({ channel }: ReadChannel) => `records of ${channel.address ?? channel.id} carry no key`;

const lineOf = (domain: string, { expression, once }: KeyCandidate) =>
  `${orderingLine(domain, expression)}${once === null ? "" : ` # once ${once}`}`;

/** A key that names no source: the lines of `x-ordering` that could. */
const reportNoSource = (reading: Reading, read: ReadChannel, key: DeclaredKey, isAlone: boolean) => {
  const words = keyWords(reading, key);
  const { name } = key.message.message;
  const message = `${unkeyed(read)}: message ${name} declares one${words === "" ? "" : ` (${words})`}, and nothing says which field it is`;
  const lines = candidatesOf(reading, read, key.node).map((one) => lineOf(read.channel.id, one));
  if (lines.length === 0) {
    const fix =
      "declare the key in the payload of every message, as a required string or integer, and name it in x-ordering; or write x-ordering: none in the channel";
    return report(reading, key.node, { message, fix });
  }
  const which = lines.length === 1 ? "this line" : "one of these lines, that of the key,";
  const others = isAlone ? "" : ", and x-ordering: none to each channel that it is not for";
  report(reading, key.node, { message, fix: `add ${which} to the root of the contract${others}`, lines });
};

/** A domain of a channel's own, where its messages say in one voice where their key comes from, and it can be. */
const ownDomain = (reading: Reading, read: ReadChannel, keys: readonly DeclaredKey[]): readonly DeclaredDomain[] => {
  const [first, ...others] = keys.flatMap(({ expression }) => expression ?? []);
  if (!first) return [];
  const written = text(first) ?? "";
  const other = others.find((one) => text(one) !== written);
  if (other) {
    const message = `${unkeyed(read)}: its messages take it from ${written} and from ${text(other)}`;
    report(reading, other, { message, fix: "take it from the same field in every message of the topic" });
    return [];
  }
  const location = parseLocation(written);
  if (location?.in !== "payload" || location.path.length === 0) {
    const message = `${unkeyed(read)}: ${JSON.stringify(written)} does not lead to a field of the payload`;
    report(reading, first, { message, fix: "point into the payload, e.g. $message.payload#/id" });
    return [];
  }
  const node = first.kind === "map" ? first : { ...first, kind: "map" as const, entries: new Map() };
  const domain = domainAlone(read.channel.id, location.path, node);
  const { problem } = tryDomain(reading, domain, read);
  if (problem === null) return [domain];
  report(reading, first, { message: `${unkeyed(read)}: ${problem.message}`, fix: problem.fix });
  return [];
};

/** Domains of channels whose key bindings say where the key comes from; the rule for those that do not say it. */
const checkUnordered = (reading: Reading, channels: readonly ReadChannel[]): readonly DeclaredDomain[] =>
  channels.flatMap((read) => {
    const keys = declaredKeys(reading, read);
    const [first] = keys;
    if (!first || entry(read.node, "x-ordering")) return [];
    if (keys.some(({ expression }) => expression)) return ownDomain(reading, read, keys);
    reportNoSource(reading, read, first, channels.length === 1);
    return [];
  });

/**
 * Checks where declared keys come from. Returns the domains that key bindings make by `x-runtime-expression`: one for each
 * such channel, by its id, in a document without `x-ordering` at its root, which else says it alone.
 */
export const checkKeySources = (
  reading: Reading,
  { names }: Ordering,
  channels: readonly ReadChannel[],
): ReadonlyMap<string, DeclaredDomain> => {
  const own = names.length === 0 && !entry(reading.root, "x-ordering") ? checkUnordered(reading, channels) : [];
  return new Map(own.map((domain) => [domain.name, domain]));
};

/** Says of a message in a declared domain whose key binding names another field. */
export const checkOtherSource = (reading: Reading, domain: DeclaredDomain, channels: readonly ReadChannel[]): void => {
  for (const { message, expression } of channels.flatMap((read) => declaredKeys(reading, read))) {
    const written = text(expression);
    if (!expression || written === null || written === domain.keyExpression) continue;
    report(reading, expression, {
      message: `message ${message.message.name} takes its key from ${written}, and its domain ${domain.name} from ${domain.keyExpression}, which holds`,
      fix: "remove x-runtime-expression, or correct the one that is wrong",
    });
  }
};
