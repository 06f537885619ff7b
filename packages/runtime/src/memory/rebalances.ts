/** The rebalances of a group, one after the other. */
export interface Rebalances {
  /** In a later turn, so that members that come together are assigned together. */
  request(): void;
  /** Whether one was requested that has not assigned yet. */
  isUnderWay(): boolean;
}

/**
 * Invariant: at most one rebalance runs. One that is requested while everything is revoked does not begin another: the one that runs revokes
 * again, and assigns once, after the last request; each request is followed by an assignment.
 */
export function createRebalances(revoke: () => Promise<unknown>, assign: () => void): Rebalances {
  let isRequested = false;
  let isRunning = false;

  const run = async () => {
    while (isRequested) {
      isRequested = false;
      await revoke();
      if (!isRequested) assign();
    }
    isRunning = false;
  };

  return {
    request() {
      isRequested = true;
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void run());
    },
    isUnderWay: () => isRunning,
  };
}
