import type { Headers } from "@keyline/runtime/transport";

/** The library or framework that left its mark on a record; `unknown` where none did (librdkafka and Java leave none). */
export type ClientMark = "keyline" | "dapr" | "spring" | "cloudevents-sdk" | "unknown";

/** What wrote a record, as far as it tells. */
export interface Fingerprint {
  readonly client: ClientMark;
  /** The CloudEvent's source; null where there is none. */
  readonly source: string | null;
}

/** Headers that one client alone leaves. */
const marks: ReadonlyMap<string, ClientMark> = new Map([
  ["keyline-message", "keyline"],
  // Dapr hands on every pair of a publisher's metadata.
  ["partitionKey", "dapr"],
  ["__key", "dapr"],
  ["rawPayload", "dapr"],
  ["pubsubname", "dapr"],
  ["ttlInSeconds", "dapr"],
  ["__TypeId__", "spring"],
  ["__ContentTypeId__", "spring"],
  ["__KeyTypeId__", "spring"],
  ["spring_json_header_types", "spring"],
  ["ce_specversion", "cloudevents-sdk"],
] as const);

/** The client by a record's headers. */
export function clientOf(headers: Headers): ClientMark {
  for (const [name] of headers) {
    const mark = marks.get(name) ?? (name.startsWith("cloudevent.") ? "dapr" : undefined);
    if (mark !== undefined) return mark;
  }
  return "unknown";
}

const names: Readonly<Record<ClientMark, string>> = {
  keyline: "Keyline",
  dapr: "Dapr",
  spring: "Spring",
  "cloudevents-sdk": "a CloudEvents SDK",
  unknown: "",
};

/** A producer as people call it. */
export function producerText({ client, source }: Fingerprint): string {
  const by = names[client];
  if (source === null) return by === "" ? "an unnamed producer" : `an unnamed producer that uses ${by}`;
  return by === "" ? source : `${source} (${by})`;
}
