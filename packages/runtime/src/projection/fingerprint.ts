import { createHash } from "node:crypto";
import { isKeylineError, KeylineError } from "../errors.js";
import { startOf } from "../group/start-position.js";
import type { StoredPosition } from "../ports/store.js";
import type { ConsumerRecord, LogRange, StartPosition, TopicPartition, Transport } from "../ports/transport.js";

/** Tells a record from another at the same offset of a recreated log. */
export function fingerprintOf(record: ConsumerRecord): string {
  if (record.unread !== undefined || (record.value?.byteLength ?? 0) > hashedBytes) return notHashed;
  const hash = createHash("sha256").update(`${record.timestampMs}\n`);
  hash
    .update(record.key ?? "")
    .update("\n")
    .update(record.value ?? "");
  return hash.digest("base64url").slice(0, 22);
}

/**
 * Of a record that could not be read, since whether it can depends on a reader's limit, which may be another later; and of a very
 * large one. The same as any other: a log that was recreated is known by its topic's id, too.
 */
const notHashed = "unread";

/** Of a value of more bytes the hash would hold up every lane of the process: 3 ms for each megabyte. */
const hashedBytes = 4_194_304;

function isSame(found: ConsumerRecord, fingerprint: string): boolean {
  return [fingerprint, fingerprintOf(found)].includes(notHashed) || fingerprintOf(found) === fingerprint;
}

/** Offsets of a group do not move a projection: it stands where its store says. */
const reset = "reset the projection (keyline projection reset)";

/**
 * Where an owner starts a partition by its stored position. Throws `log_replaced` when the record that was applied last
 * is another one now, or the log ends before it; `offset_out_of_range` when what comes next is gone.
 */
export async function startOfStored(
  transport: Transport,
  partition: TopicPartition,
  stored: StoredPosition | undefined,
  range: LogRange,
): Promise<StartPosition> {
  const start = startOf(partition, stored?.next ?? null, range, reset);
  const last = stored?.last;
  if (!last || last.offset < range.start) return start;
  for await (const batch of transport.read(partition, { from: last.offset, to: last.offset + 1 })) {
    const found = batch.records.find((record) => record.offset === last.offset);
    if (!found || isSame(found, last.fingerprint)) continue;
    throw new KeylineError(
      "log_replaced",
      `cannot go on with ${partition.topic}/${partition.partition}: the record at ${last.offset} is not the one that was applied, so the topic was recreated: restore it, or ${reset} on purpose`,
    );
  }
  return start;
}

/** Whether the log is not the one that was applied: a recreated topic, or a cluster that was restored from a copy. */
export async function isReplacedLog(transport: Transport, position: StoredPosition, range: LogRange): Promise<boolean> {
  try {
    await startOfStored(transport, position, position, range);
    return false;
  } catch (caught) {
    if (isKeylineError(caught) && caught.code === "log_replaced") return true;
    if (isKeylineError(caught) && caught.code === "offset_out_of_range") return false;
    throw caught;
  }
}
