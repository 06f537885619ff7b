import { KeylineError } from "../errors.js";

/**
 * Stored events of one key, in order: none is sent after an earlier one has failed. An app's own send goes on when its
 * predecessor fails; an event of an outbox has to wait until its predecessor is in the log.
 */
export interface Chain {
  /** Adds the next event of the key. */
  join(): ChainLink;
  /** The error of the first failed link; null if none has failed. */
  failure(): KeylineError | null;
  /** Stops every link that has not left yet. */
  stop(error: KeylineError): void;
}

/** One event of a chain. */
export interface ChainLink {
  /** The error of an earlier link, because of which this one must not be sent. Null while it may be. */
  stopped(): KeylineError | null;
  /** Marks the link as failed: no later link may be sent. */
  fail(error: KeylineError): void;
}

/** Where a chain is stopped by something else than one of its links. */
const beforeAll = -1;

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
    stop: (error) => fail(beforeAll, error),
  };
}

/** The error of an event that is not sent, since an earlier one failed. */
export const behindFailure = (failure: KeylineError): KeylineError =>
  new KeylineError("aborted", `an earlier event of its key was not published: ${failure.rawMessage}`, {
    cause: failure,
  });
