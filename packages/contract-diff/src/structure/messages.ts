import type { ContractMessage } from "@keyline/contract";
import { comparePart, type MessagePair, type PartOutcome, type PayloadVersion } from "../payloads.js";
import type { Comparer } from "../schema/contains.js";
import type { Steps } from "../types.js";
import { allMajor, allPatch, type ChannelPair, type Comparing, type FoundChange, placeIn, reachOf } from "./context.js";
import { compareDocumentation } from "./documentation.js";

/** What comparing payloads takes. */
export interface Payloads {
  readonly comparer: Comparer;
  readonly versions: readonly [PayloadVersion, PayloadVersion];
}

/** Pairs a channel's messages: by key, by name, then what is left of each where it is one. */
const pairMessages = ({ before, after }: ChannelPair): readonly MessagePair[] => {
  const left = new Set(after.messages);
  const claim = (fits: (message: ContractMessage) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const byId = before.messages.map((old) => [old, claim(({ id }) => id === old.id)] as const);
  const byName = byId.map(([old, same]) => [old, same ?? claim(({ name }) => name === old.name)] as const);
  const [open, ...others] = byName.filter(([, same]) => same === undefined);
  const isOne = open !== undefined && others.length === 0 && left.size === 1;
  return byName.flatMap(([old, same]) => {
    const found = same ?? (isOne ? claim(() => true) : undefined);
    return found ? [{ before: old, after: found }] : [];
  });
};

/** Compares the messages of a channel that is in both versions. */
export const compareMessages = (comparing: Comparing, payloads: Payloads, pair: ChannelPair): void => {
  const pairs = pairMessages(pair);
  for (const one of pairs) compareMessage(comparing, payloads, pair, one);
  const { before, after, foundChanges } = comparing;
  const topic = pair.after.address;
  for (const gone of pair.before.messages.filter((one) => !pairs.some((each) => each.before === one)))
    foundChanges.add({
      ...reachOf(comparing, pair),
      rule: "message-removed",
      message: `message ${gone.name} is gone from topic ${topic}`,
      position: placeIn(after, "channels", pair.after.id, "messages"),
      before: placeIn(before, "channels", pair.before.id, "messages", gone.id),
      steps: allMajor,
    });
  for (const come of pair.after.messages.filter((one) => !pairs.some((each) => each.after === one)))
    foundChanges.add({
      ...reachOf(comparing, pair),
      rule: "message-added",
      message: `message ${come.name} is new on topic ${topic}`,
      position: placeIn(after, "channels", pair.after.id, "messages", come.id),
      before: null,
      steps: { events: "major", producer: "minor", consumer: "major" },
    });
};

const compareMessage = (comparing: Comparing, payloads: Payloads, pair: ChannelPair, message: MessagePair): void => {
  const { before, after } = message;
  const reach = reachOf(comparing, pair);
  const add = (change: Pick<FoundChange, "rule" | "message" | "verdict" | "steps">) =>
    comparing.foundChanges.add({ ...reach, position: after.position, before: before.position, ...change });
  // A topic's only message is never told by its name.
  const isOneOfSeveral = Math.max(pair.before.messages.length, pair.after.messages.length) > 1;
  if (before.name !== after.name && isOneOfSeveral)
    add({ rule: "message-renamed", message: `message ${before.name} is called ${after.name} now`, steps: allMajor });
  if (JSON.stringify(before.correlation) !== JSON.stringify(after.correlation)) {
    const text = ({ correlation }: ContractMessage) =>
      correlation === null ? "nowhere" : `in the ${correlation.in} at /${correlation.path.join("/")}`;
    const said = `the correlation id of ${after.name} is ${text(after)}, it was ${text(before)}`;
    const isNew = before.correlation === null;
    add({ rule: "correlation-moved", verdict: isNew ? "compatible" : "breaking", message: said, steps: allMajor });
  }
  for (const part of ["payload", "headers", "key"] as const)
    addPart(comparing, reach, part, comparePart(payloads.comparer, payloads.versions, message, part));
  const what = `message ${after.name}`;
  compareDocumentation(comparing, before, after, { what, position: after.position, was: before.position, reach });
};

const addPart = (
  { foundChanges }: Comparing,
  reach: Pick<FoundChange, "topics" | "apps">,
  part: "payload" | "headers" | "key",
  outcome: PartOutcome,
): void => {
  for (const { edit, verdict, isDecided, counterexample } of outcome.edits) {
    const { rule, message, position, before } = edit;
    // Headers and keys have no types in the packages.
    const steps = verdict === "documentation" ? allPatch : part === "payload" ? stepsOf(outcome) : {};
    foundChanges.add({ ...reach, rule, verdict, message, position, before, isDecided, counterexample, steps });
  }
};

const stepsOf = ({ keepsWriters, keepsReaders }: PartOutcome): Steps => ({
  events: keepsWriters && keepsReaders ? "minor" : "major",
  producer: keepsWriters ? "minor" : "major",
  consumer: keepsReaders ? "minor" : "major",
});
