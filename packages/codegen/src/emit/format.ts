/** The format of the descriptors that this generator writes; the runtime checks it. */
export const descriptorFormat = 1;
