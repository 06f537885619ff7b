import { type Random, shuffle } from "./random.js";

/** The way between clients and the broker: calls that are under way together arrive in any order. */
export interface Network {
  /** Runs on the broker's side, in a later turn of the event loop. */
  call<Answer>(run: () => Answer): Promise<Answer>;
}

/** @see Network */
export function createNetwork(random: Random): Network {
  let waiting: (() => void)[] = [];

  const deliver = () => {
    const arriving = shuffle(waiting, random);
    waiting = [];
    for (const run of arriving) run();
  };

  return {
    call: (run) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(deliver);
        waiting.push(() => {
          try {
            resolve(run());
          } catch (caught) {
            reject(caught);
          }
        });
      }),
  };
}
