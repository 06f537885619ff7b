import {
  error,
  fields,
  flag,
  int8,
  int16,
  int32,
  int64,
  list,
  nullableList,
  nullableText,
  request,
  text,
} from "./types.js";

const throttleMs = int32;
const reason = nullableText;
const timeoutMs = int32;
const validateOnly = flag;
/** Kafka's number of what a setting is of. */
export const ofTopic = 2;

export const describeConfigs = request(
  { apiName: "DescribeConfigs", apiKey: 32, apiVersion: 2, since: "2.0" },
  fields({ resources: list(fields({ type: int8, name: text, names: nullableList(text) })), withSynonyms: flag }),
  fields({
    throttleMs,
    resources: list(
      fields({
        ...{ error, reason, type: int8, name: text },
        settings: list(
          fields({
            ...{ name: text, value: nullableText, isReadOnly: flag, source: int8, isSecret: flag },
            synonyms: list(fields({ name: text, value: nullableText, source: int8 })),
          }),
        ),
      }),
    ),
  }),
);

/** Sets (`operation` 0) some settings, and leaves the others. */
export const alterConfigs = request(
  { apiName: "IncrementalAlterConfigs", apiKey: 44, apiVersion: 0, since: "2.3" },
  fields({
    resources: list(
      fields({
        ...{ type: int8, name: text },
        settings: list(fields({ name: text, operation: int8, value: nullableText })),
      }),
    ),
    validateOnly,
  }),
  fields({ throttleMs, resources: list(fields({ error, reason, type: int8, name: text })) }),
);

export const createTopics = request(
  { apiName: "CreateTopics", apiKey: 19, apiVersion: 4, since: "2.4" },
  fields({
    topics: list(
      fields({
        ...{ name: text, partitions: int32, replicas: int16 },
        placements: list(fields({ partition: int32, brokers: list(int32) })),
        settings: list(fields({ name: text, value: nullableText })),
      }),
    ),
    ...{ timeoutMs, validateOnly },
  }),
  fields({ throttleMs, topics: list(fields({ name: text, error, reason })) }),
);

export const createPartitions = request(
  { apiName: "CreatePartitions", apiKey: 37, apiVersion: 1, since: "2.0" },
  fields({
    topics: list(fields({ name: text, count: int32, placements: nullableList(list(int32)) })),
    ...{ timeoutMs, validateOnly },
  }),
  fields({ throttleMs, topics: list(fields({ name: text, error, reason })) }),
);

export const initProducerId = request(
  { apiName: "InitProducerId", apiKey: 22, apiVersion: 1, since: "2.0" },
  fields({ transactionalId: nullableText, transactionTimeoutMs: int32 }),
  fields({ throttleMs, error, producerId: int64, producerEpoch: int16 }),
);

/** What a broker speaks: taken by every broker, before a login too. */
export const apiVersions = request(
  { apiName: "ApiVersions", apiKey: 18, apiVersion: 0, since: "0.10" },
  fields({}),
  fields({ error, apis: list(fields({ apiKey: int16, minVersion: int16, maxVersion: int16 })) }),
);
