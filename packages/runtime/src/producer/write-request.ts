import type { RecordPosition } from "../hooks.js";
import type { Headers, TopicPartition } from "../ports/transport.js";
import type { ChainLink } from "./chain.js";

/** A record on its way to one partition. */
export interface WriteRequest extends TopicPartition {
  /** Records of one order key are written in the order of `write`, over all partitions; null orders nothing. */
  readonly orderKey: string | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Further headers, made when the record leaves the queue: by then every predecessor's position is known. */
  readonly lateHeaders?: { readonly make: () => Headers; readonly maxBytes: number };
  /** Called with the position before any successor of the order key is sent. */
  readonly acknowledged?: (position: RecordPosition) => void;
  /** Its place among records of its key that must not go when an earlier one failed. Default it goes then. */
  readonly link?: ChainLink;
  readonly eventId?: string | null;
  /** Aborting takes the record out of the queue; one that is under way runs its course. */
  readonly signal?: AbortSignal;
}

/** What a record costs in a batch beside its key, value and headers. */
const recordOverheadBytes = 40;

/** How much of a batch a record takes at most. */
export function bytesOf({ key, value, headers, lateHeaders }: WriteRequest): number {
  let bytes = recordOverheadBytes + (lateHeaders?.maxBytes ?? 0);
  bytes += (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += Buffer.byteLength(name) + content.byteLength;
  return bytes;
}
