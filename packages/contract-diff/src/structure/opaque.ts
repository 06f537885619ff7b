import type { Contract, ContractChannel, OpaqueChannel } from "@keyline/contract";
import type { ContractSource } from "@keyline/contract/source";
import { compareChannels, pairChannels } from "./channels.js";
import {
  allMajor,
  allMinor,
  type ChannelPair,
  type Comparing,
  type FoundChange,
  type FoundChanges,
  placeIn,
  reachOf,
} from "./context.js";
import { comparePartitions } from "./partitions.js";

/** Two versions of a contract, by what of them can be compared. */
export interface SetApart {
  /** Both versions without the topics that cannot be generated in one of them. */
  readonly before: ContractSource;
  readonly after: ContractSource;
  /** Compares those: what they say about their topics, and whether their payloads are the same. */
  compareOpaque(foundChanges: FoundChanges): void;
}

/** A channel that cannot be generated as one without messages: what it says about its topic is compared as others' is. */
interface View {
  readonly channel: ContractChannel;
  readonly opaque: OpaqueChannel;
}

const viewOf = (opaque: OpaqueChannel): View => ({
  opaque,
  channel: { ...opaque, address: opaque.address ?? `(that of ${opaque.id})`, wire: "plain", messages: [] },
});

const withChannels = (source: ContractSource, channels: readonly ContractChannel[]): ContractSource => ({
  ...source,
  contract: { ...source.contract, channels },
});

/** Without some channels, and without the operations on them. */
const without = (source: ContractSource, gone: ReadonlySet<ContractChannel>): ContractSource => {
  const { channels, operations } = source.contract;
  const ids = new Set([...gone].map(({ id }) => id));
  return {
    ...source,
    contract: {
      ...source.contract,
      channels: channels.filter((one) => !gone.has(one)),
      operations: operations.filter(({ channel }) => !ids.has(channel)),
    },
  };
};

/** As {@link viewOf} has it: the rest of a generated channel says nothing where the other version cannot be generated. */
const topicOf = (channel: ContractChannel): ContractChannel => ({
  ...channel,
  domain: null,
  wire: "plain",
  messages: [],
});

/** Sets apart the topics that cannot be generated in one version or in both. */
export const setOpaqueApart = (before: ContractSource, after: ContractSource): SetApart => {
  const [old, fresh] = [before.contract.opaque.map(viewOf), after.contract.opaque.map(viewOf)];
  const opaqueOf = new Map([...old, ...fresh].map(({ channel, opaque }) => [channel, opaque]));
  const all = (contract: Contract, views: readonly View[]): Contract => ({
    ...contract,
    channels: [...contract.channels, ...views.map(({ channel }) => channel)],
  });
  const pairs = pairChannels(all(before.contract, old), all(after.contract, fresh)).filter(
    (pair) => opaqueOf.has(pair.before) || opaqueOf.has(pair.after),
  );
  return {
    before: without(before, new Set(pairs.map((pair) => pair.before))),
    after: without(after, new Set(pairs.map((pair) => pair.after))),
    compareOpaque(foundChanges) {
      const topics = pairs.map((pair) => ({ before: topicOf(pair.before), after: topicOf(pair.after) }));
      const channelsOf = (side: "before" | "after", views: readonly View[]) => [
        ...topics.map((pair) => pair[side]),
        ...views.flatMap(({ channel }) => (pairs.some((pair) => pair[side] === channel) ? [] : [channel])),
      ];
      const comparing: Comparing = {
        before: withChannels(before, channelsOf("before", old)),
        after: withChannels(after, channelsOf("after", fresh)),
        pairs: topics,
        // No code changes with a topic that has none.
        foundChanges: { ...foundChanges, add: (change) => foundChanges.add({ ...change, steps: {} }) },
      };
      compareChannels(comparing, new Map());
      comparePartitions(comparing);
      for (const pair of pairs) {
        const change = changeOf(pair, opaqueOf.get(pair.before), opaqueOf.get(pair.after));
        if (change) foundChanges.add(placed({ ...comparing, foundChanges }, pair, change));
      }
    },
  };
};

type Judged = Pick<FoundChange, "rule" | "message" | "steps" | "isDecided">;

const changeOf = (
  { before, after }: ChannelPair,
  old: OpaqueChannel | undefined,
  fresh: OpaqueChannel | undefined,
): Judged | null => {
  if (old === undefined) {
    const message = `topic ${before.address} can no longer be generated: ${fresh?.reason}`;
    return { rule: "channel-opaque", message, steps: allMajor };
  }
  if (fresh === undefined) {
    const message = `topic ${after.address} can be generated now, where ${old.reason} before`;
    return { rule: "channel-generated", message, steps: allMinor };
  }
  if (old.fingerprint === fresh.fingerprint) return null;
  const message = `what topic ${after.address} carries has changed, and cannot be compared`;
  return { rule: "opaque-changed", message, isDecided: false };
};

const placed = (comparing: Comparing, pair: ChannelPair, change: Judged): FoundChange => ({
  ...reachOf(comparing, pair),
  ...change,
  position: placeIn(comparing.after, "channels", pair.after.id),
  before: placeIn(comparing.before, "channels", pair.before.id),
});
