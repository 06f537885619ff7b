/**
 * What one process of an app may take at its peak. An app at work takes up to 370 MB (`npm run soak`), and its budget for records
 * is 64 MB. An unpacked batch has up to 32 MB: it is there as it was unpacked, as its records and as their text, and the garbage of
 * the one before may not be collected yet.
 */
export const memoryBoundMb = 370 + 64 + 2 * 3 * 32;
