import { createHash } from "node:crypto";
import type { Execute } from "../caller-transaction.js";
import { KeylineError } from "../errors.js";
import { type Arrival, placeOf } from "../lane/arrival.js";
import type { OnceTable } from "../ports/once-table.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";

/** One part of a handler, which runs once for its event; see `HandlerContext.once`. */
export interface OncePart {
  readonly execute: Execute;
  readonly run: () => unknown;
}

/** Runs a part of a handler, unless it has run for this event. Resolves to whether it ran. */
export type Once = (item: Arrival, eventId: string | null, part: OncePart) => Promise<boolean>;

/** Once, for the lanes of one group, whose logs a member reads. Without a table every call rejects with `options_invalid`. */
export function createOnce(table: OnceTable | undefined, groupId: string, consumer: TransportConsumer): Once {
  return async (item, eventId, { execute, run }) => {
    if (!table) {
      const what = `group ${groupId} cannot do anything once for ${placeOf(item.record)}`;
      throw new KeylineError("options_invalid", `${what}: give createConsumer a table (once)`);
    }
    if (!(await table.note(execute, groupId, nameOf(item, eventId, consumer)))) return false;
    await run();
    return true;
  };
}

/**
 * What an event is known by: its topic and its id, a redelivery's too. A writer of another topic has no say about it, so the topic is
 * part of the name. Without an id it is the place on the log where it was first: a redelivery names that place.
 */
function nameOf({ record, redelivery }: Arrival, eventId: string | null, consumer: TransportConsumer): string {
  const { topic } = record;
  if (eventId !== null) {
    const isPlain = eventId.isWellFormed() && !eventId.includes("\0") && Buffer.byteLength(eventId) <= longestId;
    // A topic's name has neither a blank nor "#", so no name is that of another event.
    return isPlain
      ? `${topic} ${eventId}`
      : `${topic}#${createHash("sha256").update(eventId, "utf16le").digest("hex")}`;
  }
  const { partition, offset } = redelivery?.source ?? record;
  return `${consumer.topicId(topic) ?? topic}/${partition}@${offset}`;
}

/** Bytes of an id that is kept as it is: databases limit what an index holds. */
const longestId = 500;

const week = 7 * 24 * 60 * 60 * 1000;

/**
 * Throws `options_invalid` where an event may come again after what was noted of it is gone. The cluster is asked only where less
 * than a week is kept.
 */
export async function checkKept(
  table: OnceTable,
  {
    transport,
    groupId,
    topics,
  }: { readonly transport: Transport; readonly groupId: string; readonly topics: readonly string[] },
): Promise<void> {
  if (table.keepMs >= week) return;
  const leastMs = Math.min(week, transport.sessionTimeoutMs + (await transport.retentionMs(topics)));
  if (table.keepMs >= leastMs) return;
  throw new KeylineError(
    "options_invalid",
    `group ${groupId} keeps for ${table.keepMs} ms what it has handled: give keepMs ${leastMs} or more, for so long its events may come again`,
  );
}
