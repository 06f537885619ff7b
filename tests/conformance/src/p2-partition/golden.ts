import { readFileSync } from "node:fs";
import type { Partitioner } from "@keyline/runtime/tools";

interface Golden {
  readonly keys: readonly string[];
  /** By partition count, then by partitioner: the partition of each key. */
  readonly partitions: Readonly<Record<string, Readonly<Record<Partitioner, readonly number[]>>>>;
}

/** Partitions that the clients of each partitioner chose for the orders 1 to 300. */
export function readGolden(): Golden["partitions"] {
  const file = new URL("../../../../packages/runtime/fixtures/partitioners.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as Golden).partitions;
}
