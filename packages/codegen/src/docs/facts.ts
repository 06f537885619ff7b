import type { ContractChannel, ContractDomain, ContractTopic } from "@keyline/contract";
import type { Json } from "@keyline/json-schema";
import { counted, duration, size } from "./human.js";
import { code, html, htmlCode } from "./markdown.js";

/** One thing worth knowing at a glance; the value is HTML. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Whether it needs a line of its own. */
  readonly isLong?: boolean;
}

/** Facts as a list of terms: HTML, which Markdown passes on as it is. */
export const factList = (facts: readonly Fact[]): string =>
  [
    '<dl class="facts">',
    ...facts.map(
      ({ name, value, isLong }) => `<div${isLong ? ' class="long"' : ""}><dt>${html(name)}</dt><dd>${value}</dd></div>`,
    ),
    "</dl>",
  ].join("\n");

/** A setting of the topic as a number; null where it is absent or something else. */
function numberOf(value: Json | undefined): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** How long records stay, in words. */
export function retention({ topicConfiguration }: Pick<ContractTopic, "topicConfiguration">): string {
  const ms = numberOf(topicConfiguration["retention.ms"]);
  const bytes = numberOf(topicConfiguration["retention.bytes"]);
  const policies = [topicConfiguration["cleanup.policy"] ?? []].flat().map(String);
  const isCompacted = policies.some((policy) => policy.split(",").some((one) => one.trim() === "compact"));
  const isDeleted = !isCompacted || policies.some((policy) => policy.includes("delete"));
  const said = [
    ...(isCompacted ? ["the latest record of each key stays"] : []),
    ...(isDeleted && ms !== null ? [ms < 0 ? "for ever" : duration(ms)] : []),
    ...(isDeleted && bytes !== null && bytes >= 0 ? [`at most ${size(bytes)} a partition`] : []),
  ];
  return said.join(", ") || "as the cluster is set";
}

/** What a partitioner is called where. */
const partitioners: Readonly<Record<ContractDomain["partitioner"], string>> = {
  murmur2: "as Kafka's Java clients and kafkajs",
  consistent: "CRC32, as librdkafka",
  fnv1a: "as Sarama and Dapr",
};

/** `fnv1a, as Sarama and Dapr`. */
export const partitioner = ({ partitioner: name }: ContractDomain): string => `${htmlCode(name)} ${partitioners[name]}`;

/** `12`, or that the contract does not say. */
export const partitions = ({ partitions: count }: Pick<ContractTopic, "partitions">): string =>
  count === null ? "not stated" : String(count);

/** What lies in a record's value. */
export const wire = ({ wire: name }: ContractChannel): string =>
  name === "cloudevents" ? "JSON, a structured CloudEvent" : "JSON, the payload alone";

/** `3 replicas`. */
export const replicas = ({ replicas: count }: ContractChannel): string | null =>
  count === null ? null : counted(count, "replica");

/** A setting of a topic as the broker has it, and in words where that helps. */
export function setting(name: string, value: Json): string {
  const written = code(
    [value]
      .flat()
      .map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
      .join(","),
  );
  const number = numberOf(value);
  if (number === null || number < 0) return written;
  if (name.endsWith(".ms")) return `${written} (${duration(number)})`;
  return name.endsWith(".bytes") ? `${written} (${size(number)})` : written;
}
