import type { Contract, ContractChannel } from "@keyline/contract";
import {
  allMajor,
  allMinor,
  appsOn,
  type ChannelPair,
  type Comparing,
  type FoundChange,
  placeIn,
  reachOf,
} from "./context.js";
import { compareTopicConfig } from "./topic-config.js";

/** Whether one contract is AsyncAPI 2 and the other 3. In version 2 a topic is the id of its channel. */
const isAcross = (before: Contract, after: Contract) => before.asyncapi.split(".")[0] !== after.asyncapi.split(".")[0];

/** The words of an id, of which names in code are made: those of `order.placed` and of `orderPlaced` are the same. */
const wordsOf = (id: string) =>
  id
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .join(" ")
    .toLowerCase();

const sameId: Fits = (old, { id }) => id === old.id;
const sameTopic: Fits = (old, { address }) => address === old.address;

type Fits = (old: ContractChannel, channel: ContractChannel) => boolean;

/** Pairs the channels of both versions: by id, then by topic; across versions of AsyncAPI by topic first. */
export const pairChannels = (before: Contract, after: Contract): readonly ChannelPair[] => {
  const left = new Set(after.channels);
  const claim = (fits: (channel: ContractChannel) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const [first, second] = isAcross(before, after) ? [sameTopic, sameId] : [sameId, sameTopic];
  const paired = before.channels.map((old) => [old, claim((channel) => first(old, channel))] as const);
  return paired.flatMap(([old, same]) => {
    const found = same ?? claim((channel) => second(old, channel));
    return found ? [{ before: old, after: found }] : [];
  });
};

/** Compares the channels that are in both versions, and reports those that are not. */
export const compareChannels = (comparing: Comparing, renamed: ReadonlyMap<string, string>): void => {
  for (const pair of comparing.pairs) compareChannel(comparing, pair, renamed);
  const { before, after, pairs, foundChanges } = comparing;
  for (const gone of before.contract.channels.filter((one) => !pairs.some((pair) => pair.before === one)))
    foundChanges.add({
      rule: "topic-removed",
      message: `topic ${gone.address} is gone, with its channel ${gone.id}`,
      position: placeIn(after, "channels"),
      before: gone.position,
      topics: [gone.address],
      apps: appsOn(comparing, [gone.id]),
      steps: allMajor,
    });
  for (const come of after.contract.channels.filter((one) => !pairs.some((pair) => pair.after === one)))
    foundChanges.add({
      rule: "topic-added",
      message: `topic ${come.address} is new${come.domain === null ? "" : `, in domain ${come.domain}`}`,
      position: come.position,
      before: null,
      topics: [come.address],
      apps: appsOn(comparing, [come.id]),
      steps: allMinor,
    });
};

const compareChannel = (comparing: Comparing, pair: ChannelPair, renamed: ReadonlyMap<string, string>): void => {
  const { before, after } = pair;
  const add = (change: Pick<FoundChange, "rule" | "message" | "verdict" | "steps">, ...path: readonly string[]) =>
    comparing.foundChanges.add({
      ...reachOf(comparing, pair),
      ...change,
      position: placeIn(comparing.after, "channels", after.id, ...path),
      before: placeIn(comparing.before, "channels", before.id, ...path),
    });
  const isOtherName = isAcross(comparing.before.contract, comparing.after.contract)
    ? wordsOf(before.id) !== wordsOf(after.id)
    : before.id !== after.id;
  if (isOtherName)
    add({ rule: "topic-renamed", message: `channel ${before.id} is called ${after.id} now`, steps: allMajor });
  if (before.address !== after.address) {
    const message = `channel ${after.id} has the topic ${after.address}, it was ${before.address}`;
    add({ rule: "address-changed", message, steps: allMajor }, "address");
  } else compareParameters(comparing, pair);
  compareDomainOf(comparing, pair, renamed);
  compareWire(comparing, pair);
  if (before.replicas !== after.replicas) {
    const count = (replicas: number | null) => replicas ?? "not stated";
    const message = `the number of replicas is ${count(after.replicas)}, it was ${count(before.replicas)}`;
    add({ rule: "replicas-changed", message }, "bindings", "kafka", "replicas");
  }
  compareTopicConfig(comparing, pair);
};

/** Where an extension is said that holds for a channel: on it, in either version, else at the root. */
const extensionPlaces = ({ before, after }: Comparing, pair: ChannelPair, name: string) => {
  const isOwn = before.has(["channels", pair.before.id, name]) || after.has(["channels", pair.after.id, name]);
  const path = (id: string) => (isOwn ? ["channels", id, name] : [name]);
  const position = placeIn(after, ...path(pair.after.id));
  return { isOwn, position, before: placeIn(before, ...path(pair.before.id)) };
};

const compareDomainOf = (comparing: Comparing, pair: ChannelPair, renamed: ReadonlyMap<string, string>): void => {
  const { before, after } = pair;
  const domain = before.domain === null ? null : (renamed.get(before.domain) ?? before.domain);
  if (domain === after.domain) return;
  const { isOwn, ...place } = extensionPlaces(comparing, pair, "x-ordering");
  const who = isOwn ? `topic ${after.address} is` : "topics that name no domain are";
  const where = (name: string | null) => (name === null ? "unkeyed" : `in domain ${name}`);
  const message = `${who} ${where(after.domain)}, ${isOwn ? "it was" : "they were"} ${where(before.domain)}`;
  comparing.foundChanges.add({
    ...reachOf(comparing, pair),
    rule: "domain-changed",
    message,
    ...place,
    steps: allMajor,
  });
};

const compareWire = (comparing: Comparing, pair: ChannelPair): void => {
  const { before, after } = pair;
  if (before.wire === after.wire) return;
  const { isOwn, ...place } = extensionPlaces(comparing, pair, "x-wire");
  const what = isOwn ? `the wire format of topic ${after.address}` : "the wire format";
  const message = `${what} is ${after.wire}, it was ${before.wire}`;
  comparing.foundChanges.add({ ...reachOf(comparing, pair), rule: "wire-changed", message, ...place, steps: allMajor });
};

const compareParameters = (comparing: Comparing, pair: ChannelPair): void => {
  for (const old of pair.before.parameters) {
    const fresh = pair.after.parameters.find(({ name }) => name === old.name);
    if (!fresh || JSON.stringify(old.enum) === JSON.stringify(fresh.enum)) continue;
    const gone = old.enum.filter((value) => !fresh.enum.includes(value));
    const isNarrower = fresh.enum.length > 0 && (old.enum.length === 0 || gone.length > 0);
    const path = (id: string) => ["channels", id, "parameters", old.name, "enum"];
    comparing.foundChanges.add({
      ...reachOf(comparing, pair),
      rule: "parameter-changed",
      verdict: isNarrower ? "breaking" : "compatible",
      message: `parameter ${old.name} of ${pair.after.address} takes ${fresh.enum.join(", ") || "any text"}, it took ${old.enum.join(", ") || "any text"}`,
      position: placeIn(comparing.after, ...path(pair.after.id)),
      before: placeIn(comparing.before, ...path(pair.before.id)),
      steps: isNarrower ? allMajor : allMinor,
    });
  }
};
