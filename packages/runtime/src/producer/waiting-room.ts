import { KeylineError } from "../errors.js";

/** What waits: its key's later events must not go before it. */
interface Waiting {
  readonly orderKey: string | null;
  readonly signal?: AbortSignal;
}

/** An event that waits, and its caller's promise. */
interface Pending<Event, Result> {
  readonly event: Event;
  resolve(result: Promise<Result>): void;
  reject(error: unknown): void;
}

/** Where events wait, in call order, for a connection or for a topic that may have been created since. */
export interface WaitingRoom<Event, Result> {
  enter(event: Event): Promise<Result>;
  /** Whether an event of the key waits here. */
  holds(orderKey: string | null): boolean;
  size(): number;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
  /** Rejects everything that waits. */
  rejectAll(error: KeylineError): void;
}

export interface WaitingRoomOptions<Event, Result> {
  /** Opens the way for the events; rejects when none of them can go. */
  open(events: readonly Event[]): Promise<void>;
  /** Called for each in order, without a pause between; must queue before it first awaits. */
  start(event: Event): Promise<Result>;
}

/**
 * Invariant: `keys` counts the pending events of each order key, and an event is pending until the turn in which it is
 * started or rejected; so `holds` is true exactly as long as a later event of the key would overtake one here. While
 * anything is pending, `opening` is set: one run at a time takes them in order.
 */
export function createWaitingRoom<Event extends Waiting, Result>(
  options: WaitingRoomOptions<Event, Result>,
): WaitingRoom<Event, Result> {
  const waiting = new Set<Pending<Event, Result>>();
  const keys = new Map<string, number>();
  let opening: Promise<void> | null = null;

  const count = (orderKey: string | null, step: 1 | -1) => {
    if (orderKey === null) return;
    const next = (keys.get(orderKey) ?? 0) + step;
    if (next === 0) keys.delete(orderKey);
    else keys.set(orderKey, next);
  };

  const remove = (some: readonly Pending<Event, Result>[]) => {
    for (const pending of some) if (waiting.delete(pending)) count(pending.event.orderKey, -1);
  };

  const rejectAll = (error: unknown) => {
    const all = [...waiting];
    remove(all);
    for (const pending of all) pending.reject(error);
  };

  const run = async () => {
    while (waiting.size > 0) {
      const asked = [...waiting];
      try {
        await options.open(asked.map(({ event }) => event));
      } catch (caught) {
        return rejectAll(caught);
      }
      // Only those that `open` was asked for; later ones may name a topic that it did not ask about.
      const going = asked.filter((pending) => waiting.has(pending));
      const started = going.map((pending) => [pending, options.start(pending.event)] as const);
      remove(going);
      for (const [pending, result] of started) pending.resolve(result);
    }
  };

  const begin = () => {
    opening ??= run().finally(() => {
      opening = null;
      // One that came while the others were being rejected.
      if (waiting.size > 0) begin();
    });
  };

  return {
    enter: (event) =>
      event.signal?.aborted
        ? Promise.reject(gaveUp())
        : new Promise((resolve, reject) => {
            const pending = abortable({ event, resolve, reject }, () => remove([pending]));
            waiting.add(pending);
            count(event.orderKey, 1);
            begin();
          }),
    holds: (orderKey) => orderKey !== null && keys.has(orderKey),
    size: () => waiting.size,
    async settled() {
      while (opening) await opening;
    },
    rejectAll,
  };
}

/** Lets the caller give up as long as the event is pending. `removed` takes it out. */
function abortable<Event extends Waiting, Result>(
  pending: Pending<Event, Result>,
  removed: () => void,
): Pending<Event, Result> {
  const { event } = pending;
  const onAbort = () => {
    removed();
    pending.reject(gaveUp());
  };
  const stop = () => event.signal?.removeEventListener("abort", onAbort);
  event.signal?.addEventListener("abort", onAbort, { once: true });
  return {
    event,
    resolve(result) {
      stop();
      pending.resolve(result);
    },
    reject(error) {
      stop();
      pending.reject(error);
    },
  };
}

const gaveUp = () => new KeylineError("aborted", "the caller gave up before it was sent");
