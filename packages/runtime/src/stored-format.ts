import { KeylineError } from "./errors.js";
import type { LaneSnapshot, Store } from "./ports/store.js";

/**
 * The format of what the runtime stores as JSON (meta, outbox records, parked records) and of the Store port. 1 is that of
 * the version before the first number: it carries none. Copies of two neighbouring formats may run over one store: what a
 * format adds lies beside what the format before reads, and each keeps what it does not know. Two formats on is too far.
 */
export const storedFormat = 2;

/** What is stored as JSON, as far as its format goes. */
interface Stored {
  readonly version?: number;
}

/** Throws `store_format` for what a runtime two formats newer, or more, has written. */
export function checkFormat(what: string, stored: unknown): void {
  const { version = 1 } = stored as Stored;
  if (version <= storedFormat + 1) return;
  throw new KeylineError(
    "store_format",
    `cannot read ${what}: it has format ${version}, this runtime ${storedFormat}: update @keyline/runtime`,
  );
}

/** Throws `store_format` for a lane of which such a runtime has written anything that waits. */
export function checkSnapshot({ outbox, parked }: LaneSnapshot): void {
  for (const { seq, record } of outbox) checkFormat(`outbox row ${seq}`, record);
  for (const { seq, record } of parked) checkFormat(`parked event ${seq}`, record);
}

/** Throws `store_format` for a store of another format. */
export function checkStore({ format }: Pick<Store, "format">): void {
  // A store of the version before says none.
  const found: number = format ?? 1;
  if (found === storedFormat) return;
  const older = found < storedFormat ? "the store's package" : "@keyline/runtime";
  throw new KeylineError(
    "store_format",
    `the store speaks format ${found}, this runtime ${storedFormat}: update ${older}`,
  );
}
