/** What a loop waits by. */
export interface Alarm {
  /** Resolves after the time, or at a call of `ring`; at once where it rang since the last wait. */
  wait(ms: number): Promise<void>;
  ring(): void;
}

/** Invariant: `rang` is set from a `ring` that no wait heard to the next `wait`. One waits at a time: `end` ends that wait. */
export function createAlarm(): Alarm {
  let rang = false;
  let end: (() => void) | null = null;
  return {
    async wait(ms) {
      if (!rang) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      end = null;
      rang = false;
    },
    ring() {
      rang = true;
      end?.();
    },
  };
}
