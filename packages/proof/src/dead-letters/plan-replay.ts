import type { TopicDescriptor, Transport } from "@keyline/runtime";
import { deadLetterTopic, joinLists } from "@keyline/runtime/tools";
import type { ClusterInspector, TopicState } from "@keyline/runtime/transport";
import { laterEvents } from "./later-events.js";
import type { Letter } from "./letter.js";
import { type ReachedGroup, reachedGroups } from "./reached-groups.js";
import { type Redelivery, redeliveryOf } from "./redelivery-record.js";

/** One letter of a replay. */
export interface ReplayStep {
  readonly letter: Letter;
  readonly redelivery: Redelivery;
  /** The number of later events of its key that its group has handled already; null if it has no key. */
  readonly later: number | null;
}

/** What a replay would do. */
export interface ReplayPlan {
  /** In the order of sending: for each key in the order of causes. */
  readonly steps: readonly ReplayStep[];
  /** Every group that reads one of the source topics, by name. */
  readonly groups: readonly ReachedGroup[];
}

export interface ReplayOptions {
  readonly transport: Transport;
  readonly inspector: ClusterInspector;
  /** The contract's topics. */
  readonly topics: readonly TopicDescriptor[];
}

/** Computes what a replay of the letters would do; writes nothing. Rejects if the cluster does not answer. */
export async function planReplay(
  letters: readonly Letter[],
  { transport, inspector, topics }: ReplayOptions,
): Promise<ReplayPlan> {
  const addresses = [...new Set(letters.map(({ source }) => source.topic))];
  const states = await inspector.describe(addresses.flatMap((address) => [address, deadLetterTopic(address)]));
  const domainTopics = topics.filter(({ address }) => addresses.includes(address));
  const looked = new Set([...addresses, ...domainTopics.flatMap(({ domain }) => domain?.topics ?? [])]);
  const groups = await inspector.groups([...looked]);
  const ordered = inOrder(letters);
  const later = await laterEvents(transport, ordered, topics, groups);
  const steps: ReplayStep[] = [];
  for (const letter of ordered) {
    const redelivery = await redeliveryFor(transport, letter, topics, states);
    steps.push({ letter, redelivery, later: later.get(letter) ?? null });
  }
  const sent = steps.filter(({ redelivery }) => redelivery.kind === "record").map(({ letter }) => letter);
  const targets = new Set(sent.map(({ source }) => source.topic));
  const reading = groups.filter(
    ({ committed, members }) =>
      committed.some(({ topic }) => targets.has(topic)) ||
      members.some(({ partitions }) => partitions.some(({ topic }) => targets.has(topic))),
  );
  return { steps, groups: reachedGroups(reading, sent) };
}

async function redeliveryFor(
  transport: Transport,
  letter: Letter,
  topics: readonly TopicDescriptor[],
  states: ReadonlyMap<string, TopicState>,
): Promise<Redelivery> {
  const { source, at } = letter;
  const topic = topics.find(({ address }) => address === source.topic);
  const state = states.get(source.topic);
  const policyOf = (name: string) => states.get(name)?.config["cleanup.policy"] ?? "delete";
  if (!topic || !state)
    return {
      ...{ kind: "refused", refusal: "not-in-contract" },
      reason: `${source.topic} is not a topic of the contract and the cluster`,
    };
  if (policyOf(source.topic).includes("compact"))
    return {
      ...{ kind: "refused", refusal: "source-compacted" },
      reason: `${source.topic} is compacted: the replay would take the place of the key's latest record`,
    };
  if (policyOf(at.topic) !== "delete")
    return {
      ...{ kind: "refused", refusal: "letters-compacted" },
      reason: `${at.topic} is compacted: a marker would take the place of letters: set cleanup.policy=delete`,
    };
  return redeliveryOf(transport, letter, topic, state.partitions);
}

/** Each partition in the order of its log; none before a letter that it comes after; where nothing decides, by time. */
export function inOrder(letters: readonly Letter[]): readonly Letter[] {
  const joinable = letters.map((letter) => ({ ...letter.source, after: letter.after, letter }));
  const lists = [...Map.groupBy(joinable, ({ topic, partition }) => `${topic}/${partition}`).values()].map((list) =>
    list.toSorted((one, other) => one.offset - other.offset),
  );
  return joinLists(lists, ({ letter }) => letter.firstAtMs).map(({ letter }) => letter);
}
