/** Works on a lane step by step, whenever it is woken. */
export interface WorkLoop {
  /** Something may have become ready. May be called by anything at any time, also by a step. */
  wake(): void;
  /** Resolves once no step is under way. */
  idle(): Promise<void>;
}

export interface WorkLoopOptions {
  /** Does one step. Resolves to whether there was anything to do. */
  step(): Promise<boolean>;
  /** A step rejected before the loop was stopped: no step follows until the loop is woken again. */
  fail(error: unknown): void;
  /** Stops the loop: the step that is under way is the last. */
  readonly signal: AbortSignal;
}

/**
 * Invariant: at most one step is under way, and a step begins after each wake, so that what became ready before a wake is
 * seen. `running` is the loop that is under way; `woken` says that a wake came since its last pass began.
 */
export function createWorkLoop({ step, fail, signal }: WorkLoopOptions): WorkLoop {
  let running: Promise<void> | null = null;
  let woken = false;

  const run = async () => {
    try {
      do {
        woken = false;
        // Between steps everything else gets its turn: what arrived meanwhile belongs to the next step.
        while (!signal.aborted && (await step())) await new Promise((resolve) => setImmediate(resolve));
      } while (woken && !signal.aborted);
    } catch (caught) {
      if (!signal.aborted) fail(caught);
    } finally {
      running = null;
    }
  };

  return {
    wake() {
      if (signal.aborted) return;
      woken = true;
      running ??= run();
    },
    idle: () => running ?? Promise.resolve(),
  };
}
