import { KeylineError } from "@keyline/runtime";
import type { HeldKey } from "./report.js";

/** Which parked keys are asked for. */
interface Wanted {
  readonly key?: string | undefined;
  readonly code?: string | undefined;
  readonly group?: string | undefined;
}

/** The parked keys of the apps' store. */
export interface Held {
  /** Null where no store is given, or it cannot be read. */
  readonly keys: readonly HeldKey[] | null;
  /** Why it cannot be read; null if it can be, or none is given. */
  readonly failure: string | null;
}

/** Reads the parked keys. Never rejects: letters are shown without them. */
export async function heldKeys(url: string | null, { key, code, group }: Wanted): Promise<Held> {
  if (url === null) return { keys: null, failure: null };
  // Only this needs the client.
  const { createPostgresStore, listParked } = await import("@keyline/postgres");
  const store = createPostgresStore({ url, maxConnections: 1 });
  try {
    const keys = await listParked(store, { key, app: group });
    return { keys: keys.filter((one) => code === undefined || one.code === code), failure: null };
  } catch (caught) {
    return { keys: null, failure: KeylineError.from(caught, "store_unavailable", "cannot read the store").rawMessage };
  } finally {
    await store.close();
  }
}
