import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { type PumpParts, pump, settle } from "./pump.js";
import type { Relay, RelayHooks } from "./types.js";
import { createWaiting, type Waiting } from "./waiting.js";
import { createWakeUps, type WakeUps } from "./wake-ups.js";

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

/** What the loops work with. */
interface Loops extends RunOptions {
  readonly waiting: Waiting;
  readonly wakeUps: WakeUps;
  readonly ending: AbortSignal;
}

/** How long the pause is when the brokers or the database are away. */
const awayPauseMs = 1000;
/** How often a relay that hears nothing tries to. */
const listenAgainMs = 30_000;

/**
 * Invariant: the loops run from `start` until `ending` fires, each once; `running` is both. What has begun is carried to its end: a loop
 * looks at `ending` before each round alone.
 */
export function createRun(options: RunOptions): Run {
  const { parts, hooks, pollMs } = options;
  const { database, schema, slots, keys, parked, alarm, sender } = parts;
  const ending = new AbortController();
  const waiting = createWaiting(hooks, ending.signal);
  const wakeUps = createWakeUps({
    ...{ database, schema },
    woken: alarm.ring,
    polling: (error) => hooks.polling?.({ error }),
  });
  const loops = { ...options, waiting, wakeUps, ending: ending.signal };
  let running: Promise<unknown> | null = null;

  /** Until nothing is under way, and the table says so. */
  const finish = async () => {
    while (keys.isUnderWay()) await alarm.wait(pollMs);
    await settle(parts);
  };

  return {
    async start() {
      if (running) return;
      await renew(loops);
      running = Promise.all([renewing(loops), looking(loops)]);
    },
    standing: () => ({
      slots: slots.readable().size,
      parkedKeys: parked.size(),
      wakesBy: wakeUps.isHeard() ? "notification" : "polling",
      waitsFor: waiting.waitsFor(),
    }),
    async close(timeoutMs) {
      if (ending.signal.aborted) return;
      const until = performance.now() + timeoutMs;
      ending.abort();
      alarm.ring();
      const left = () => sleep(Math.max(0, until - performance.now()), undefined, { ref: false });
      await Promise.race([running, left()]);
      // Where the database is away nothing is lost: the next relay publishes again what is not deleted, once the lease has ended.
      await Promise.race([finish().catch(() => undefined), left()]);
      await Promise.race([slots.leave().catch(() => undefined), left()]);
      await wakeUps.close().catch(() => undefined);
      await sender.close(Math.max(0, until - performance.now()));
    },
  };
}

async function renew({ parts: { slots }, hooks }: Loops): Promise<void> {
  const before = slots.readable().size;
  await slots.renew();
  const owned = slots.readable().size;
  if (owned !== before) hooks.slots?.({ owned });
}

async function renewing(loops: Loops): Promise<void> {
  const { ending, wakeUps, waiting, renewMs } = loops;
  for (let listenAtMs = 0; !ending.aborted; ) {
    await renew(loops).catch(waiting.failed);
    if (performance.now() >= listenAtMs) {
      listenAtMs = performance.now() + listenAgainMs;
      // Not awaited: for 2 s it may be unknown, and leases go on.
      void wakeUps.listen();
    }
    await sleep(renewMs, undefined, { signal: ending }).catch(() => undefined);
  }
}

async function looking(loops: Loops): Promise<void> {
  const { ending, parts } = loops;
  while (!ending.aborted) {
    const pauseMs = await look(loops);
    if (pauseMs === 0) await new Promise(setImmediate);
    else await parts.alarm.wait(pauseMs);
  }
}

/** Looks once; resolves to the pause before the next look. */
async function look({ parts, waiting, pollMs }: Loops): Promise<number> {
  try {
    const mayHaveMore = await pump(parts);
    waiting.passed();
    return mayHaveMore ? 0 : pollMs;
  } catch (caught) {
    waiting.failed(KeylineError.from(caught, "store_unavailable", "the relay could not read rows"));
    return awayPauseMs;
  }
}
