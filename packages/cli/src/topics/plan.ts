import type { WantedTopic } from "./wanted.js";

/** A topic as the cluster has it. */
export interface FoundTopic {
  readonly partitions: number;
  readonly replicas: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One way in which the cluster differs from the contract. */
export type Difference = { readonly topic: string } & (
  | {
      readonly kind: "create";
      readonly partitions: number | null;
      readonly replicas: number | null;
      readonly config: Readonly<Record<string, string>>;
    }
  | { readonly kind: "config"; readonly name: string; readonly from: string | null; readonly to: string }
  | { readonly kind: "grow"; readonly from: number; readonly to: number }
  /** What is not changed, and why, and what to do instead. */
  | {
      readonly kind: "refused";
      readonly what: "partitions" | "replicas" | "min.insync.replicas";
      readonly reason: string;
      readonly todo: string;
    }
);

/** What would have to change for the cluster to be as the contract says. Extra topics and settings are left alone. */
export function planTopics(
  wanted: readonly WantedTopic[],
  found: ReadonlyMap<string, FoundTopic>,
  brokers: number,
): readonly Difference[] {
  const byName = new Map(wanted.map((topic) => [topic.name, topic]));
  return wanted.flatMap((one) => {
    const source = one.deadLettersOf === null ? undefined : byName.get(one.deadLettersOf);
    const topic = source ? lettersOf(one, source, found.get(source.name)) : one;
    const there = found.get(topic.name);
    return there ? differences(topic, there) : create(topic, brokers);
  });
}

/** A topic of dead letters as its source wants it: of as many partitions, and with room for what a letter adds to a record. */
function lettersOf(letters: WantedTopic, source: WantedTopic, found: FoundTopic | undefined): WantedTopic {
  const most = source.config[sizeLimit] ?? found?.config[sizeLimit] ?? kafkasLimit;
  return {
    ...letters,
    partitions: partitionsAfter(source, found),
    config: { ...letters.config, [sizeLimit]: String(Number(most) + lettersRoom) },
  };
}

const sizeLimit = "max.message.bytes";

/** Kafka's own, where neither the contract nor the cluster says another. */
const kafkasLimit = 1_048_588;

/** What a letter's headers take at most: a message of 2,000 characters, and names. */
const lettersRoom = 16_384;

/** How many partitions a topic has once all is done that is not refused; its dead letters lie on as many. */
function partitionsAfter(topic: WantedTopic, found: FoundTopic | undefined): number | null {
  if (!found) return topic.partitions;
  const [difference] = partitionDifference(topic, found.partitions);
  return difference?.kind === "grow" ? difference.to : found.partitions;
}

function create({ name, partitions, replicas, config }: WantedTopic, brokers: number): readonly Difference[] {
  const inSync = Number(config["min.insync.replicas"] ?? 1);
  if (replicas !== null && replicas > brokers) {
    return [
      {
        kind: "refused",
        topic: name,
        what: "replicas",
        reason: `${replicas} replicas are wanted and the cluster has ${count(brokers, "broker")}`,
        todo: `pass --replicas ${brokers} on a small cluster, or add brokers`,
      },
    ];
  }
  if (replicas !== null && inSync > replicas) {
    return [
      {
        kind: "refused",
        topic: name,
        what: "min.insync.replicas",
        reason: `min.insync.replicas is ${inSync} and there are ${count(replicas, "replica")}: nothing could be written`,
        todo: `set it to ${Math.max(1, replicas - 1)} in the contract's topicConfiguration, or raise replicas`,
      },
    ];
  }
  return [{ kind: "create", topic: name, partitions, replicas, config }];
}

function differences(topic: WantedTopic, found: FoundTopic): readonly Difference[] {
  const settings = Object.entries(topic.config).flatMap(([name, to]): Difference[] => {
    const from = found.config[name] ?? null;
    return isSame(from, to) || isRoomier(topic, name, from, to)
      ? []
      : [{ kind: "config", topic: topic.name, name, from, to }];
  });
  return [...partitionDifference(topic, found.partitions), ...replicaDifference(topic, found.replicas), ...settings];
}

function partitionDifference(
  { name, partitions, keyed, deadLettersOf }: WantedTopic,
  from: number,
): readonly Difference[] {
  if (partitions === null || partitions === from) return [];
  if (!keyed && partitions > from) return [{ kind: "grow", topic: name, from, to: partitions }];
  if (deadLettersOf !== null) {
    return [
      {
        kind: "refused",
        topic: name,
        what: "partitions",
        reason: `it has ${count(from, "partition")}, ${deadLettersOf} has ${partitions}: Kafka cannot take partitions away`,
        todo: "when its letters are read, delete it and apply again",
      },
    ];
  }
  return [
    {
      kind: "refused",
      topic: name,
      what: "partitions",
      reason: keyed
        ? `it has ${count(from, "partition")}, the contract says ${partitions}: with another number most keys move to another partition, apart from their earlier events, and their order is lost`
        : `it has ${count(from, "partition")}, the contract says ${partitions}: Kafka cannot take partitions away`,
      todo: keyed
        ? `say ${from} in the contract for every topic of the domain; or create a new version of these topics with ${partitions}, let the consumers finish the old ones, then switch the producers`
        : `say ${from} in the contract, or create a new topic`,
    },
  ];
}

function replicaDifference({ name, replicas }: WantedTopic, from: number): readonly Difference[] {
  if (replicas === null || replicas === from) return [];
  return [
    {
      kind: "refused",
      topic: name,
      what: "replicas",
      reason: `it has ${count(from, "replica")}, the contract says ${replicas}: moving replicas is the operator's business`,
      todo: `use kafka-reassign-partitions, or pass --replicas ${from}`,
    },
  ];
}

/** Dead letters may have more room than they need. */
const isRoomier = ({ deadLettersOf }: WantedTopic, name: string, from: string | null, to: string): boolean =>
  deadLettersOf !== null && name === sizeLimit && Number(from ?? 0) >= Number(to);

/** Kafka gives back a list as it was written, in any order. */
const isSame = (from: string | null, to: string): boolean =>
  from === to || (from?.includes(",") === true && sorted(from) === sorted(to));

const sorted = (list: string): string => list.split(",").sort().join(",");

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
