import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { type PumpParts, pump, settle } from "./pump.js";
import type { Relay, RelayHooks } from "./types.js";
import { createWakeUps } from "./wake-ups.js";

export interface RunOptions {
  readonly parts: PumpParts;
  readonly hooks: RelayHooks;
  readonly pollMs: number;
  /** How often leases are renewed. */
  readonly renewMs: number;
}

/** A relay's two loops: one renews leases, one looks for rows. */
export interface Run {
  /** Resolves when the first slots are taken. */
  start(): Promise<void>;
  standing: Relay["standing"];
  close(timeoutMs: number): Promise<void>;
}

/** How long the pause is when the brokers or the database are away. */
const awayPauseMs = 1000;
/** How often a relay that hears nothing tries to. */
const listenAgainMs = 30_000;

/**
 * Invariant: the loops run from `start` until `ending` fires, each once; `running` is both. What has begun is carried to its end: a loop
 * looks at `ending` before each round alone. `waitsFor` is what failed at the last look.
 */
export function createRun({ parts, hooks, pollMs, renewMs }: RunOptions): Run {
  const { database, schema, slots, keys, parked, alarm, sender } = parts;
  const ending = new AbortController();
  const wakeUps = createWakeUps({
    ...{ database, schema },
    woken: alarm.ring,
    polling: (error) => hooks.polling?.({ error }),
  });
  let running: Promise<unknown> | null = null;
  let waitsFor: "brokers" | "database" | null = null;

  const failed = (caught: unknown) => {
    const error = KeylineError.from(caught, "store_unavailable", "the relay could not look for rows");
    waitsFor = error.code === "store_unavailable" || error.code === "store_format" ? "database" : "brokers";
    if (!ending.signal.aborted) hooks.waiting?.({ for: waitsFor, error });
  };

  const renew = async () => {
    const before = slots.readable().size;
    await slots.renew();
    const owned = slots.readable().size;
    if (owned !== before) hooks.slots?.({ owned });
  };

  const renewing = async () => {
    for (let listenAtMs = 0; !ending.signal.aborted; ) {
      await renew().catch(failed);
      if (performance.now() >= listenAtMs) {
        listenAtMs = performance.now() + listenAgainMs;
        // Not awaited: for 2 s it may be unknown, and leases go on.
        void wakeUps.listen();
      }
      await sleep(renewMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };

  const look = async () => {
    try {
      const mayHaveMore = await pump(parts);
      waitsFor = null;
      return mayHaveMore ? 0 : pollMs;
    } catch (caught) {
      failed(caught);
      return awayPauseMs;
    }
  };

  const looking = async () => {
    while (!ending.signal.aborted) {
      const pauseMs = await look();
      if (pauseMs === 0) await new Promise(setImmediate);
      else await alarm.wait(pauseMs);
    }
  };

  /** Until nothing is under way, and the table says so. */
  const finish = async () => {
    while (keys.isUnderWay()) await alarm.wait(pollMs);
    await settle(parts);
  };

  return {
    async start() {
      if (running) return;
      await renew();
      running = Promise.all([renewing(), looking()]);
    },
    standing: () => ({
      slots: slots.readable().size,
      parkedKeys: parked.size(),
      wakesBy: wakeUps.isHeard() ? "notification" : "polling",
      waitsFor,
    }),
    async close(timeoutMs) {
      if (ending.signal.aborted) return;
      const until = performance.now() + timeoutMs;
      ending.abort();
      alarm.ring();
      const left = () => sleep(Math.max(0, until - performance.now()), undefined, { ref: false });
      await Promise.race([running, left()]);
      await Promise.race([finish().catch(() => undefined), left()]);
      await Promise.race([slots.leave().catch(() => undefined), left()]);
      await wakeUps.close().catch(() => undefined);
      await sender.close(Math.max(0, until - performance.now()));
    },
  };
}
