import type { ContractTopic } from "@keyline/contract";
import type { TopicState } from "@keyline/runtime/transport";
import { type ClusterFinding, clusterFinding } from "./kinds.js";

export interface TopicCheckOptions {
  /** What counts instead of the contract's replicas: for a small cluster. */
  readonly replicas?: number | undefined;
}

/** Holds the cluster's topics against the contract's; addresses with parameters are left out. */
export function checkTopics(
  channels: readonly ContractTopic[],
  found: ReadonlyMap<string, TopicState>,
  options: TopicCheckOptions = {},
): readonly ClusterFinding[] {
  return channels
    .filter(({ parameters }) => parameters.length === 0)
    .flatMap((channel) => {
      const topic = found.get(channel.address);
      if (!topic)
        return [clusterFinding("topic-unknown", channel.address, "it does not exist", "run keyline topics apply")];
      return [
        ...partitionFindings(channel, topic),
        ...replicaFindings(topic, options.replicas ?? channel.replicas),
        ...settingFindings(channel, topic),
      ];
    });
}

function partitionFindings({ partitions, domain }: ContractTopic, topic: TopicState): ClusterFinding[] {
  // Of a topic without keys any count will do.
  if (domain === null || partitions === null || partitions === topic.partitions) return [];
  const detail = `${topic.partitions} partitions, the contract says ${partitions}`;
  const fix = "a key's events go to different partitions: keyline topics plan says what to do";
  return [clusterFinding("partition-count", topic.name, detail, fix)];
}

function replicaFindings(topic: TopicState, wanted: number | null): ClusterFinding[] {
  const { name, replicas, inSync, config } = topic;
  const found: ClusterFinding[] = [];
  if (wanted !== null && replicas < wanted) {
    const fix = "kafka-reassign-partitions adds replicas; on a small cluster pass --replicas";
    found.push(clusterFinding("replicas-few", name, `${replicas}, the contract says ${wanted}`, fix));
  }
  if (inSync < replicas) {
    const fix = "check why a broker is unavailable or slow; if one more fails, writes may stop";
    found.push(clusterFinding("replicas-behind", name, `${inSync} of ${replicas} are in sync`, fix));
  }
  const minimum = Number(config["min.insync.replicas"] ?? 1);
  if (replicas > 1 && minimum < 2) {
    const fix = "set min.insync.replicas=2: with 1 an acknowledged event is lost with one disk";
    found.push(clusterFinding("min-insync-low", name, `${minimum} of ${replicas} replicas`, fix));
  }
  return found;
}

function settingFindings({ domain, topicConfiguration }: ContractTopic, { name, config }: TopicState) {
  const found: ClusterFinding[] = [];
  if (config["unclean.leader.election.enable"] === "true") {
    const fix = "set unclean.leader.election.enable=false";
    found.push(clusterFinding("unclean-election", name, "unclean.leader.election.enable is true", fix));
  }
  const policy = config["cleanup.policy"] ?? "delete";
  if (domain !== null && policy.includes("compact")) {
    const fix = "set cleanup.policy=delete: readers need every event of a key, not its latest";
    found.push(clusterFinding("compacted-keyed", name, `cleanup.policy is ${policy}`, fix));
  }
  const wantedMs = topicConfiguration["retention.ms"];
  const retentionMs = Number(config["retention.ms"] ?? -1);
  if (typeof wantedMs === "number" && isShorter(retentionMs, wantedMs)) {
    const detail = `${daysText(retentionMs)}, the contract says ${daysText(wantedMs)}`;
    found.push(clusterFinding("retention-short", name, detail, "run keyline topics apply"));
  }
  const bytes = Number(config["retention.bytes"] ?? -1);
  if (bytes >= 0 && topicConfiguration["retention.bytes"] === undefined) {
    const fix = "unset it, or set it in the contract: on a busy day readers can go back less far";
    found.push(clusterFinding("retention-bytes", name, `retention.bytes is ${bytes} a partition`, fix));
  }
  return found;
}

/** Whether records are deleted sooner; below 0 stands for never. */
const isShorter = (ms: number, thanMs: number): boolean => ms >= 0 && (thanMs < 0 || ms < thanMs);

function daysText(ms: number): string {
  if (ms < 0) return "forever";
  const days = ms / 86_400_000;
  return days >= 1 ? `${Number(days.toFixed(1))} days` : `${Math.round(ms / 1000)} s`;
}
