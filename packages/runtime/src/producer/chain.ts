import { KeylineError } from "../errors.js";

/**
 * Stored events of one key, in order: none of them goes when an earlier one has failed. A send of the app's own goes when
 * its predecessor fails; what an outbox has must wait until that one is in the log.
 */
export interface Chain {
  /** The next event of the key. */
  join(): ChainLink;
  /** What the first failed link failed with; null while none has. */
  failure(): KeylineError | null;
  /** No link goes any more that has not left. */
  stop(error: KeylineError): void;
}

/** One event of a chain. */
export interface ChainLink {
  /** Why it must not go: what an earlier link failed with. Null while it may. */
  stopped(): KeylineError | null;
  /** It failed: no later link may go. */
  fail(error: KeylineError): void;
}

/**
 * Invariant: `failed` is the first link, by place, of those that have failed. It is set in the turn in which a link fails, and a link
 * is looked at before each batch that would carry it: so none begins its way to the log after an earlier one has failed, and
 * what is before the first failed one goes on.
 */
export function createChain(): Chain {
  let links = 0;
  let failed: { readonly place: number; readonly error: KeylineError } | null = null;

  const fail = (place: number, error: KeylineError) => {
    if (failed === null || place < failed.place) failed = { place, error };
  };

  return {
    join() {
      const place = links;
      links += 1;
      return {
        stopped: () => (failed !== null && failed.place < place ? failed.error : null),
        fail: (error) => fail(place, error),
      };
    },
    failure: () => failed?.error ?? null,
    stop: (error) => fail(-1, error),
  };
}

/** The error of an event that is not sent, since an earlier one failed. */
export const behindFailure = (failure: KeylineError): KeylineError =>
  new KeylineError("aborted", `an earlier event of its key was not published: ${failure.rawMessage}`, {
    cause: failure,
  });
