import { canonicalText, type Json } from "@keyline/json-schema";
import type { ContractParameter } from "../contract.js";
import type { ReadChannel } from "./channel.js";
import type { Reading } from "./document.js";
import type { ReadMessage } from "./message.js";
import type { Placed } from "./placed.js";

/** Two channels with one topic, and a way to say in what they contradict each other. */
interface Joining {
  readonly one: Placed;
  readonly other: Placed;
  readonly contradiction: (what: string, fix: string) => void;
}

const sameFix = "say the same in both channels, or correct an address";

/** What is said once; both values where two channels say it otherwise. */
const sayOnce = <Value>(joining: Joining, name: string, one: Value | null, other: Value | null): Value | null => {
  if (one !== null && other !== null && canonicalText(one) !== canonicalText(other))
    joining.contradiction(`state ${name} ${canonicalText(one)} and ${canonicalText(other)}`, sameFix);
  return one ?? other;
};

type Named<Value> = { readonly [name: string]: Value };

const joinMaps = <Value>(joining: Joining, kind: string, one: Named<Value>, other: Named<Value>): Named<Value> => {
  for (const name of Object.keys(other).filter((key) => Object.hasOwn(one, key)))
    sayOnce(joining, `${kind} ${name}`, one[name] ?? null, other[name] ?? null);
  return { ...other, ...one };
};

const byName = (parameters: readonly ContractParameter[]): Named<ContractParameter> =>
  Object.fromEntries(parameters.map((one) => [one.name, one]));

/** The messages of both; one that both have is there once. */
const joinMessages = (joining: Joining, one: ReadChannel, other: ReadChannel): readonly ReadMessage[] => {
  const added = other.messages.filter(({ source }) => one.messages.every((known) => known.source !== source));
  for (const { message } of added) {
    const same = one.messages.find((known) => known.message.id === message.id || known.message.name === message.name);
    if (same === undefined) continue;
    const name = same.message.id === message.id ? message.id : message.name;
    joining.contradiction(`have different messages of the name ${name}`, "rename one of the messages");
  }
  return [...one.messages, ...added];
};

const checkPlaces = ({ one, other, contradiction }: Joining) => {
  const domainText = (domain: string | null) => (domain === null ? "no domain" : `the domain ${domain}`);
  if (one.domain !== other.domain)
    contradiction(
      `are in ${domainText(one.domain)} and in ${domainText(other.domain)}`,
      "give both channels the same x-ordering",
    );
  if (one.wire !== other.wire)
    contradiction(`have x-wire ${one.wire} and ${other.wire}`, "give both channels the same x-wire");
};

const join = (reading: Reading, one: Placed, other: Placed): Placed => {
  const [first, second] = [one.read.channel, other.read.channel];
  const contradiction = (what: string, fix: string) =>
    reading.reporter.report("address-duplicate", second.position, {
      message: `channels ${first.id} and ${second.id} have the same topic ${first.address} and ${what}`,
      fix,
    });
  const joining = { one, other, contradiction };
  checkPlaces(joining);
  const messages = joinMessages(joining, one.read, other.read);
  const settings = joinMaps<Json>(
    joining,
    "the topic configuration",
    first.topicConfiguration,
    second.topicConfiguration,
  );
  const channel = {
    ...first,
    title: first.title ?? second.title,
    summary: first.summary ?? second.summary,
    description: first.description ?? second.description,
    parameters: Object.values(joinMaps(joining, "the parameter", byName(first.parameters), byName(second.parameters))),
    partitions: sayOnce(joining, "the partition count", first.partitions, second.partitions),
    replicas: sayOnce(joining, "the number of replicas", first.replicas, second.replicas),
    topicConfiguration: settings,
    messages: messages.map(({ message }) => message),
  };
  const parts = [...one.read.parts, ...other.read.parts];
  return { ...one, read: { ...one.read, channel, messages, parts } };
};

/**
 * Channels with the same topic as one channel, which has the id of the first and the messages of all. What they say
 * about the topic has to agree.
 */
export const joinTopics = (reading: Reading, placed: readonly Placed[]): readonly Placed[] => {
  const topics = Map.groupBy(placed, ({ read }) => read.channel.address ?? read.node);
  return [...topics.values()].map((same) => same.reduce((one, other) => join(reading, one, other)));
};
