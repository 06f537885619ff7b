import { isSame, type Json, ownValue } from "@keyline/json-schema";
import { type ChannelPair, type Comparing, type FoundChange, placeIn, reachOf } from "./context.js";

/** Limits in Kafka's sense: -1 is none. */
const sizeOf = (value: Json | undefined): number | null => {
  const size = typeof value === "string" ? Number(value) : value;
  if (typeof size !== "number" || Number.isNaN(size)) return null;
  return size === -1 ? Number.POSITIVE_INFINITY : size;
};

/** `delete` where nothing is said, as Kafka has it. */
const policiesOf = (value: Json | undefined): string =>
  [value ?? "delete"]
    .flat()
    .flatMap((one) => String(one).split(","))
    .map((one) => one.trim())
    .sort()
    .join(", ");

const units = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
] as const;

/** `604800000 (7 days)`, since milliseconds are hard to read. */
const shown = (name: string, value: Json | undefined): string => {
  if (value === undefined) return "not stated";
  const size = sizeOf(value) ?? 0;
  const unit = name.endsWith(".ms") && size > 0 ? units.find(([, ms]) => size > ms && size % ms === 0) : undefined;
  return `${JSON.stringify(value)}${unit ? ` (${size / unit[1]} ${unit[0]})` : ""}`;
};

type Judged = Pick<FoundChange, "rule" | "verdict" | "isDecided">;

const judge = (name: string, old: Json | undefined, fresh: Json | undefined): Judged | null => {
  if (name === "cleanup.policy")
    return policiesOf(old) === policiesOf(fresh) ? null : { rule: "cleanup-policy-changed", verdict: "breaking" };
  const [was, is] = [sizeOf(old), sizeOf(fresh)];
  const isRetention = name === "retention.ms" || name === "retention.bytes";
  if (!isRetention && name !== "max.message.bytes") return { rule: "topic-config-changed", verdict: "compatible" };
  const rule = isRetention ? "retention-shortened" : "topic-config-changed";
  // Where one of them is the cluster's default, which is more is not known.
  if (was === null || is === null) return { rule, verdict: "breaking", isDecided: false };
  return is < was ? { rule, verdict: "breaking" } : { rule: "topic-config-changed", verdict: "compatible" };
};

/** Compares a topic's retention, cleanup policy and other configuration. */
export const compareTopicConfig = (comparing: Comparing, pair: ChannelPair): void => {
  const [old, fresh] = [pair.before.topicConfiguration, pair.after.topicConfiguration];
  for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const [was, is] = [ownValue(old, name), ownValue(fresh, name)];
    if (isSame(was, is)) continue;
    const judged = judge(name, was, is);
    if (judged === null) continue;
    const path = (id: string) => ["channels", id, "bindings", "kafka", "topicConfiguration", name];
    comparing.foundChanges.add({
      ...reachOf(comparing, pair),
      ...judged,
      // Without the topic's name: bindings that several topics share are one definition.
      message: `${name} is ${shown(name, is)}, it was ${shown(name, was)}`,
      position: placeIn(comparing.after, ...path(pair.after.id)),
      before: placeIn(comparing.before, ...path(pair.before.id)),
    });
  }
};
