import { setTimeout as sleep } from "node:timers/promises";

/** Runs until it resolves, for about twenty seconds: brokers and the database are killed and restarted meanwhile. */
export async function retried<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (caught) {
      if (attempt === 40) throw caught;
      await sleep(500);
    }
  }
}
