import { type Contract, type ContractTopic, namedTopics } from "@keyline/contract";
import { deadLetterTopic } from "@keyline/runtime/tools";

/** A topic as the contract wants it. */
export interface WantedTopic {
  readonly name: string;
  /** Null where the contract names no count: then any will do, and a new topic gets the cluster's default. */
  readonly partitions: number | null;
  /** Null for the cluster's default. */
  readonly replicas: number | null;
  /** Settings as Kafka's text. */
  readonly config: Readonly<Record<string, string>>;
  /** Whether keys lie on its partitions, so that their number can never change. */
  readonly keyed: boolean;
  /** The topic whose dead letters it takes; null for a topic of the contract itself. */
  readonly deadLettersOf: string | null;
}

const dayMs = 86_400_000;

/** People read dead letters: they stay for thirty days, or as long as their source if that is longer. */
const deadLetterRetentionMs = 30 * dayMs;

const followed = ["min.insync.replicas"] as const;

/**
 * The topics of a contract, each with its dead-letter topic behind it; those that cannot be generated have none, since no
 * reader of ours gives up on their records. Topics with parameters in their address are left out: their values are not known. `replicas` wins over the contract's, for a small cluster, and lowers
 * `min.insync.replicas` to it, without which nothing could be written.
 */
export function wantedTopics(contract: Contract, replicas: number | null): readonly WantedTopic[] {
  const generated = new Set(contract.channels.map(({ address }) => address));
  return namedTopics(contract)
    .filter(({ parameters }) => parameters.length === 0)
    .flatMap((channel) => {
      const topic = topicOf(channel, replicas);
      return generated.has(topic.name) ? [topic, deadLettersOf(topic)] : [topic];
    });
}

function topicOf(channel: ContractTopic, replicas: number | null): WantedTopic {
  const given = Object.entries(channel.topicConfiguration).map(([name, value]) => [name, textOf(value)]);
  const config: Record<string, string> = Object.fromEntries(given);
  const inSync = config["min.insync.replicas"];
  if (replicas !== null && inSync !== undefined)
    config["min.insync.replicas"] = String(Math.min(Number(inSync), replicas));
  return {
    name: channel.address,
    partitions: channel.partitions,
    replicas: replicas ?? channel.replicas,
    config,
    keyed: channel.domain !== null,
    deadLettersOf: null,
  };
}

function deadLettersOf({ name, partitions, replicas, config }: WantedTopic): WantedTopic {
  const retentionMs = Number(config["retention.ms"] ?? 0);
  const own = followed.flatMap((setting) => (config[setting] === undefined ? [] : [[setting, config[setting]]]));
  return {
    name: deadLetterTopic(name),
    partitions,
    replicas,
    config: {
      ...(Object.fromEntries(own) as Record<string, string>),
      "retention.ms": retentionMs < 0 ? "-1" : String(Math.max(retentionMs, deadLetterRetentionMs)),
    },
    keyed: false,
    deadLettersOf: name,
  };
}

/** Kafka writes lists with commas. */
const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));
