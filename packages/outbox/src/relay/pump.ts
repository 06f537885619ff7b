import { type Database, storeError } from "@keyline/postgres/database";
import { KeylineError } from "@keyline/runtime";
import type { StoredSender } from "@keyline/runtime/outbox";
import type { Alarm } from "./alarm.js";
import type { Keys } from "./keys.js";
import type { ParkedKeys } from "./parked-keys.js";
import { deleteRows, noteRefusals, type Refusal, type Row, readRows } from "./rows.js";
import type { Slots } from "./slots.js";

/** What a relay works with. */
export interface PumpParts {
  readonly database: Database;
  readonly schema: string;
  readonly sender: StoredSender;
  readonly slots: Slots;
  readonly keys: Keys;
  readonly parked: ParkedKeys;
  /** Numbers of rows that the log has and the table too. */
  readonly done: Set<string>;
  /** Refusals that are not noted in the table yet, by number. */
  readonly refusals: Map<string, Refusal>;
  readonly alarm: Alarm;
  /** Slots were taken since the ends of the logs were asked for last. */
  readonly fresh: Set<number>;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Rows were published and deleted. */
  deleted(rows: number): void;
}

/** A page is worth reading when so much of what memory may have is free. */
const roomShare = 0.5;

/**
 * One look: writes down what became of rows, then reads as many as there is room for and hands them on. Resolves to whether
 * there may be more at once. Rejects with `store_unavailable` or `transport_unavailable` where one of the two is away.
 */
export async function pump(parts: PumpParts): Promise<boolean> {
  await settle(parts);
  parts.keys.again();
  await connected(parts);
  const rows = await readPage(parts);
  parts.keys.add(rows);
  return rows.length > 0;
}

/** Deletes what the log has, and notes what is refused. */
export async function settle({ database, schema, done, refusals, deleted }: PumpParts): Promise<void> {
  await asking("write down what was published", async () => {
    const numbers = [...done];
    if (numbers.length > 0) {
      await deleteRows(database, schema, numbers);
      for (const number of numbers) done.delete(number);
      deleted(numbers.length);
    }
    const noted = new Map(refusals);
    if (noted.size === 0) return;
    await noteRefusals(database, schema, noted);
    for (const [number, refusal] of noted) if (refusals.get(number) === refusal) refusals.delete(number);
  });
}

/** Slots that were taken are read only when the newest events of all others are known: those are causes of what comes (P6). */
async function connected({ sender, fresh, parked }: PumpParts): Promise<void> {
  try {
    await sender.connect();
    const asked = [...fresh];
    if (asked.length > 0) await sender.refresh();
    for (const slot of asked) fresh.delete(slot);
    if (parked.releaseDue()) await sender.recheckCounts();
  } catch (caught) {
    throw KeylineError.from(caught, "transport_unavailable", "the brokers did not answer");
  }
}

/** The rows that there is room for. It never runs while parked keys are released: it leaves out all of their rows, or none. */
async function readPage({ database, schema, slots, keys, parked, done, fresh, maxRows, maxBytes }: PumpParts) {
  const numbers = keys.numbers();
  const room = { maxRows: maxRows - numbers.length, maxBytes: maxBytes - keys.bytes() };
  if (room.maxRows < maxRows * roomShare || room.maxBytes < maxBytes * roomShare) return [];
  const asked = new Map([...slots.readable()].filter(([slot]) => !fresh.has(slot)));
  if (asked.size === 0) return [];
  const held = [...numbers, ...done];
  const reading = { slots: asked, held, parked: parked.hashes(), ...room };
  const rows = await asking("read the outbox", () => readRows(database, schema, reading));
  // Meanwhile a slot may have gone, and a key may have been parked.
  const isOurs = ({ slot, hash }: Row) =>
    slots.epochOf(slot) === asked.get(slot) && !fresh.has(slot) && !parked.has(hash);
  return rows.filter(isOurs);
}

async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (caught) {
    throw storeError(caught, doing);
  }
}
