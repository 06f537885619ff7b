import type { Partitioner, Placement } from "@keyline/runtime/tools";
import type { ClientMark } from "./fingerprint.js";
import type { RecordKind } from "./kinds.js";

/** How librdkafka calls the contract's partitioners. */
const librdkafka: Readonly<Record<Partitioner, string>> = {
  murmur2: "murmur2_random",
  consistent: "consistent_random",
  fnv1a: "fnv1a_random",
};

const sarama: Readonly<Record<Partitioner, string>> = {
  murmur2: "NewMurmur2Partitioner (1.50 or later)",
  consistent: "NewConsistentCRCHashPartitioner",
  fnv1a: "NewHashPartitioner",
};

const byHand = (wanted: Partitioner) =>
  `publish through the generated producer, or compute the partition by ${wanted} and pass it`;

const platformatic = (wanted: Partitioner) =>
  wanted === "murmur2" ? "pass partitioner: compatibilityPartitioner" : byHand(wanted);

const kafkajs = (wanted: Partitioner) =>
  wanted === "murmur2" ? "use kafkajs 2 with its DefaultPartitioner" : byHand(wanted);

/** What a producer that places so has to change to follow the contract's partitioner. */
const placementRemedies: { readonly [Name in Placement]: (wanted: Partitioner) => string } = {
  murmur2: (wanted) => `${byHand(wanted)}; with librdkafka's clients set partitioner=${librdkafka[wanted]}`,
  consistent: (wanted) => `set partitioner=${librdkafka[wanted]} in its librdkafka configuration`,
  fnv1a: (wanted) =>
    `with Sarama use ${sarama[wanted]}; Dapr has no other partitioner: pass partitionNumber (1.18 or later), or say fnv1a in the contract`,
  "murmur2-unsigned": platformatic,
  "murmur2-kafkajs-1": kafkajs,
  "murmur2-kafka-ts-1.3": (wanted) => (wanted === "murmur2" ? "update kafka-ts to 1.4 or later" : byHand(wanted)),
  "fnv1a-reference": (wanted) => `use ${sarama[wanted]} instead of NewReferenceHashPartitioner`,
  "fnv1a-unsigned": (wanted) =>
    wanted === "fnv1a" ? "use SaramaCompatHasher instead of SaramaHasher" : `use franz-go's hasher for ${wanted}`,
};

/** What is known where no partitioner is: too little, that the producer names the partition, or that it fits none. */
export type UnknownPlacement = "few" | "fixed" | "none";

const unknownPlacements: { readonly [Name in UnknownPlacement]: string } = {
  few: "",
  fixed: "it chooses the partition itself, or copies records: ",
  none: "it follows no known partitioner: ",
};

/** What to change so that a producer's keys go where the contract says. */
export const placementRemedy = (placement: Placement | UnknownPlacement, wanted: Partitioner): string =>
  placement in unknownPlacements
    ? `${unknownPlacements[placement as UnknownPlacement]}${byHand(wanted)}`
    : placementRemedies[placement as Placement](wanted);

/** For records that carry the marks of this library, which places them where the contract says. */
export const movedRemedy =
  "this library follows the contract: look for a tool that copies its records (a mirror, a replay), or an SDK of another contract";

const publishKey: Readonly<Record<ClientMark, string>> = {
  dapr: "pass the key as the metadata partitionKey of each event (HTTP: ?metadata.partitionKey=…, gRPC: publish_metadata), never at the level of a bulk request",
  spring: "send with the key: KafkaTemplate.send(topic, key, value), the key as decimal text",
  keyline: "this library derives the key: update it, or look for a tool that changes records on the way",
  "cloudevents-sdk": "map the attribute partitionkey to the record's key",
  unknown: "publish with the key, as canonical text",
};

/** What to do about a kind of finding, for the client that wrote it. */
export function remedyOf(kind: Exclude<RecordKind, "wrong-partition">, client: ClientMark): string {
  switch (kind) {
    case "key-missing":
    case "key-malformed":
    case "key-not-canonical":
    case "key-mismatch":
      return publishKey[client];
    case "key-invalid":
      return "fix the field that the key comes from";
    case "key-attribute-differs":
      return "write the same key into the attribute partitionkey as on the record, or leave it out";
    case "key-header-differs":
      return "its metadata has another key than its payload: take the key from the published event";
    case "duplicate-id":
      return "it sends events again: make the producer idempotent; readers drop duplicates by their id";
    case "cause-missing":
      return "a topic was recreated or truncated, or the header is forged: compare the topics' ages";
    case "cause-elsewhere":
      return "the record that it names is misplaced, or the header is forged: no consumer waits for it";
    case "cause-malformed":
      return "pass keyline-after on as received, or leave it out";
    case "record-null":
      return "it deletes keys by tombstones: these topics do not allow them";
    case "record-not-json":
    case "record-malformed":
      return "find it by its topic and time, and compare its values with the contract's x-wire";
    case "batch-too-large":
      return "lower the size of its batches; raise maxUnpackedBytes in every reader if they are genuine";
    case "message-ambiguous":
      return "send the header keyline-message with the message's name";
    case "payload-invalid":
      return "compare its version of the contract with this one: keyline diff";
    case "event-type-mismatch":
      return "it publishes to the wrong topic, or sets event_type by hand";
    case "integer-rounded":
      return "send such numbers as text";
    case "envelope-nonstandard":
      return client === "dapr"
        ? "pass data_content_type application/json"
        : "nothing has to be done; see the page of x-wire";
  }
}
