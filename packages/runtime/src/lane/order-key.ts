import { textOf } from "../codec/headers.js";
import type { RecordPosition } from "../hooks.js";

/*
 * An order key names what is kept in order: works of one order key run one after the other. `k:` and the key for a record
 * with a key in an ordering domain; `r:` and a place for any other record. Made and read here only.
 */

/** The order key of a key's records in an ordering domain. */
export const orderKeyOfKey = (key: string): string => `k:${key}`;

/** The same, from the key's bytes. */
export const orderKeyOfBytes = (key: Uint8Array): string => orderKeyOfKey(textOf(key));

/** The order key of records without a key in an ordering domain: those of one partition keep their order at least. */
export const orderKeyOfPartition = ({ topic, partition }: RecordPosition): string => `r:${topic}/${partition}`;

/** The order key of a record that nothing orders: its own. */
export const orderKeyOfRecord = ({ topic, partition, offset }: RecordPosition): string =>
  `r:${topic}/${partition}@${offset}`;

/** The key that an order key stands for; null where it stands for a place. */
export const keyOfOrderKey = (orderKey: string): string | null =>
  orderKey.startsWith("k:") ? orderKey.slice(2) : null;
