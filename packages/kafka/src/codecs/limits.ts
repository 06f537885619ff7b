/** The default of `maxUnpackedBytes`. */
export const defaultMaxUnpackedBytes = 67_108_864;
