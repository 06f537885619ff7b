import { storeError } from "@keyline/postgres/database";
import type { KeylineError } from "@keyline/runtime";
import type { RelayHooks } from "./types.js";

/** What a relay waits for. */
export interface Waiting {
  /** The database, or the brokers, did not do what they were asked for. */
  failed(caught: unknown): void;
  /** Both did. */
  passed(): void;
  waitsFor(): "brokers" | "database" | null;
}

/**
 * Invariant: `last` is what failed since both last did what they were asked for. What fails while the relay ends is not
 * reported.
 */
export function createWaiting(hooks: RelayHooks, ending: AbortSignal): Waiting {
  let last: "brokers" | "database" | null = null;
  return {
    failed(caught) {
      const error = storeError(caught, "renew the leases of the relay");
      last = isOfDatabase(error) ? "database" : "brokers";
      if (!ending.aborted) hooks.waiting?.({ for: last, error });
    },
    passed() {
      last = null;
    },
    waitsFor: () => last,
  };
}

const isOfDatabase = ({ code }: KeylineError) => code === "store_unavailable" || code === "store_format";
