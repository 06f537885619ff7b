/** Bytes that a batch may unpack to where nothing else is said. */
export const defaultMaxUnpackedBytes = 67_108_864;
