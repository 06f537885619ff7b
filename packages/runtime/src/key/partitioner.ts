/** The hash by which a domain's producers choose a partition; librdkafka's names. */
export type Partitioner = "murmur2" | "consistent" | "fnv1a";
