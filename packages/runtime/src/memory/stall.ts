/** A process that stands still for a while, and wakes. */
export interface Stall {
  isStalled(): boolean;
  /** Resolves while the process is awake, or as soon as it is. */
  awake(): Promise<void>;
  /** Stands still until `wake`; calls back once, when that takes longer than the time. */
  begin(expireAfterMs: number, expired: () => void): void;
  wake(): void;
}

/** Invariant: a timer runs only while the process stands still, and all that wait for it to wake wait for one promise. */
export function createStall(): Stall {
  let current: { readonly timer: NodeJS.Timeout | null; readonly woken: PromiseWithResolvers<void> } | null = null;

  return {
    isStalled: () => current !== null,
    awake: async () => current?.woken.promise,
    begin(expireAfterMs, expired) {
      if (current) return;
      const timer = expireAfterMs > 0 ? setTimeout(expired, expireAfterMs) : null;
      current = { timer, woken: Promise.withResolvers() };
      // At once: what is sent in the moment after comes too late.
      if (!timer) expired();
    },
    wake() {
      if (!current) return;
      const { timer, woken } = current;
      current = null;
      if (timer) clearTimeout(timer);
      woken.resolve();
    },
  };
}
