import { partitionOf } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import type { HostileRecord } from "./hostile-record.js";

/** A record that is small on the log and large in memory, and the codec that makes it so. */
export interface Bomb {
  readonly codec: "gzip" | "snappy" | "lz4" | "zstd";
  readonly record: HostileRecord;
}

const megabyte = 1_048_576;

/** Above what a reader unpacks, and below it: Snappy makes no batch that a broker takes any larger. */
const sizes = [
  ["gzip", 80],
  ["gzip", 31],
  ["lz4", 100],
  ["zstd", 120],
  ["zstd", 31],
  ["snappy", 15],
] as const;

/** What readers unpack by default. */
const limit = 32 * megabyte;

/** Batches of one record about a student, which unpack to far more than they are. */
export function bombs(student: number): readonly Bomb[] {
  const key = Buffer.from(String(student));
  const partition = partitionOf("fnv1a", key, 12);
  return sizes.map(([codec, megabytes]) => {
    const bytes = megabytes * megabyte;
    const isUnread = bytes > limit;
    return {
      codec,
      record: {
        what: `${megabytes} MB in ${codec}`,
        student,
        ...{ topic: topics.codeReviewed.address, partition, key },
        // Made when it is asked for.
        get value() {
          return Buffer.alloc(bytes, "0");
        },
        headers: [],
        codes: [isUnread ? "batch_too_large" : "record_not_json"],
      },
    };
  });
}
