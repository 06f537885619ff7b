import { allMajor, appsOn, type ChannelPair, type Comparing, type FoundChange, placeIn, reachOf } from "./context.js";

const countText = (count: number | null) => (count === null ? "no stated partition count" : `${count} partitions`);

const path = (id: string) => ["channels", id, "bindings", "kafka", "partitions"];

/** Compares the topics' partition counts; a domain whose topics all changed alike is one change. */
export const comparePartitions = (comparing: Comparing): void => {
  const changed = comparing.pairs.filter(({ before, after }) => before.partitions !== after.partitions);
  for (const [domain, pairs] of byDomain(changed)) {
    const [first] = pairs;
    if (domain === null || first === undefined) for (const pair of pairs) addUnkeyed(comparing, pair);
    else addKeyed(comparing, domain, pairs);
  }
};

const byDomain = (pairs: readonly ChannelPair[]): ReadonlyMap<string | null, readonly ChannelPair[]> => {
  const groups = new Map<string | null, ChannelPair[]>();
  for (const pair of pairs) groups.set(pair.after.domain, [...(groups.get(pair.after.domain) ?? []), pair]);
  return groups;
};

/** One way in which counts changed, with the topics that changed so. */
const addKeyed = (comparing: Comparing, domain: string, pairs: readonly ChannelPair[]): void => {
  const groups = new Map<string, ChannelPair[]>();
  for (const pair of pairs) {
    const key = `${pair.before.partitions} ${pair.after.partitions}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  for (const group of groups.values()) addGroup(comparing, domain, group);
};

const addGroup = (comparing: Comparing, domain: string, group: readonly ChannelPair[]): void => {
  const { before, after, foundChanges } = comparing;
  const [first] = group;
  if (first === undefined) return;
  const topics = group.map((pair) => pair.after.address);
  const who = group.length === 1 ? `topic ${topics[0]}` : `${group.length} topics`;
  const [was, is] = [first.before.partitions, first.after.partitions];
  foundChanges.add({
    rule: "partitions-changed",
    // A count that is no longer stated is no longer checked; one that is newly stated may not be the cluster's.
    verdict: is === null ? "compatible" : "breaking",
    isDecided: was !== null,
    message: `${who} of domain ${domain} ${group.length === 1 ? "has" : "have"} ${countText(is)}, it was ${countText(was)}`,
    position: placeIn(after, ...path(first.after.id)),
    before: placeIn(before, ...path(first.before.id)),
    topics,
    apps: appsOn(
      comparing,
      group.flatMap((pair) => [pair.before.id, pair.after.id]),
    ),
    steps: allMajor,
  });
};

/** More partitions on a topic without a key move nothing; Kafka takes none away. */
const addUnkeyed = (comparing: Comparing, pair: ChannelPair): void => {
  const [was, is] = [pair.before.partitions, pair.after.partitions];
  const change: FoundChange = {
    ...reachOf(comparing, pair),
    rule: "partitions-changed",
    verdict: was !== null && is !== null && is < was ? "breaking" : "compatible",
    message: `topic ${pair.after.address} has ${countText(is)}, it was ${countText(was)}`,
    position: placeIn(comparing.after, ...path(pair.after.id)),
    before: placeIn(comparing.before, ...path(pair.before.id)),
    steps: allMajor,
  };
  comparing.foundChanges.add(change);
};
