import { KeylineError } from "../errors.js";

/** How a member ends: by a failure, or because it was closed. */
export interface Ending {
  /** Settles when the member has ended: rejects with what ended it, unless it was closed. */
  readonly ended: Promise<void>;
  /** Notes what ended it; only the first failure counts. */
  failed(caught: unknown): void;
  /** It has left the group because it was closed. */
  closed(): void;
  /** Throws what ended it, unless it was closed. */
  check(): void;
}

/** Invariant: `failure` is the first failure, from then on; `ended` settles once, and where it rejects, with that failure. */
export function createEnding(): Ending {
  const ending = Promise.withResolvers<void>();
  ending.promise.catch(() => undefined);
  let failure: KeylineError | null = null;

  return {
    ended: ending.promise,
    failed(caught) {
      failure ??= KeylineError.from(caught, "transport_unavailable", "the consumer stopped");
      ending.reject(failure);
    },
    closed: () => ending.resolve(),
    check() {
      if (failure) throw failure;
    },
  };
}
