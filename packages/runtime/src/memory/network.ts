import { KeylineError } from "../errors.js";
import type { Random } from "../random.js";

/** The way between clients and the broker: calls that are under way together arrive in any order. */
export interface Network {
  /** Runs on the broker's side, in a later turn of the event loop. Rejects with `transport_unavailable` while it is down. */
  call<Answer>(run: () => Answer): Promise<Answer>;
  isDown(): boolean;
  setDown(down: boolean): void;
}

/** Invariant: what is in `waiting` arrives with the next delivery, which is scheduled as long as something waits. */
export function createNetwork(random: Random): Network {
  let waiting: (() => void)[] = [];
  let isDown = false;

  const deliver = () => {
    const arriving = random.shuffle(waiting);
    waiting = [];
    for (const run of arriving) run();
  };

  return {
    call: (run) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(deliver);
        waiting.push(() => {
          try {
            if (isDown) throw new KeylineError("transport_unavailable", "the cluster cannot be reached");
            resolve(run());
          } catch (caught) {
            reject(caught);
          }
        });
      }),
    isDown: () => isDown,
    setDown(down) {
      isDown = down;
    },
  };
}
