import { KeylineError } from "../errors.js";

/**
 * Stored events of one key, in order: none of them goes without the one before it. A send of the app's own goes when
 * its predecessor fails; what an outbox has must wait until that one is in the log.
 */
export interface Chain {
  /** Why none of the later ones may go; null while all may. */
  readonly broken: KeylineError | null;
  /** One of them failed. The first failure counts. */
  break(error: KeylineError): void;
}

/**
 * Invariant: `broken` is set in the turn in which a member fails, and is never unset. A member is looked at before each batch
 * that would carry it, so no member begins its way to the log after an earlier one has failed.
 */
export function createChain(): Chain {
  let broken: KeylineError | null = null;
  return {
    get broken() {
      return broken;
    },
    break(error) {
      broken ??= error;
    },
  };
}

/** The error of a member that is not sent, since an earlier one failed. */
export const behindFailure = (failure: KeylineError): KeylineError =>
  new KeylineError("aborted", `an earlier event of its key was not published: ${failure.rawMessage}`, {
    cause: failure,
  });
