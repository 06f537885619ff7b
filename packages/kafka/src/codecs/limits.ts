/** The default of `maxUnpackedBytes`: 32 times what Java's client and librdkafka put into a batch by default, uncompressed. */
export const defaultMaxUnpackedBytes = 33_554_432;
