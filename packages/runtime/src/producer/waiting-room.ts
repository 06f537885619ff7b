import { KeylineError } from "../errors.js";

/** What waits: its key's later events must not go before it. */
interface Waiting {
  readonly orderKey: string | null;
  readonly signal?: AbortSignal;
}

interface Seat<Event, Result> {
  readonly event: Event;
  resolve(result: Promise<Result>): void;
  reject(error: unknown): void;
}

/** Where events wait, in call order, for a connection or for a topic that may have been made since. */
export interface WaitingRoom<Event, Result> {
  enter(event: Event): Promise<Result>;
  /** Whether an event of the key waits here. */
  holds(orderKey: string | null): boolean;
  size(): number;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
  /** Rejects everything that waits. */
  leave(error: KeylineError): void;
}

export interface WaitingRoomOptions<Event, Result> {
  /** Makes way for the events; rejects when none of them can go. */
  open(events: readonly Event[]): Promise<void>;
  /** Called for each in order, without a pause between; must queue before it first awaits. */
  start(event: Event): Promise<Result>;
}

/** @see WaitingRoom */
export function createWaitingRoom<Event extends Waiting, Result>(
  options: WaitingRoomOptions<Event, Result>,
): WaitingRoom<Event, Result> {
  const seats = new Set<Seat<Event, Result>>();
  const keys = new Map<string, number>();
  let opening: Promise<void> | null = null;

  const count = (orderKey: string | null, step: 1 | -1) => {
    if (orderKey === null) return;
    const next = (keys.get(orderKey) ?? 0) + step;
    if (next === 0) keys.delete(orderKey);
    else keys.set(orderKey, next);
  };

  const vacate = (leaving: readonly Seat<Event, Result>[]) => {
    for (const seat of leaving) if (seats.delete(seat)) count(seat.event.orderKey, -1);
  };

  const run = async () => {
    while (seats.size > 0) {
      const present = [...seats];
      try {
        await options.open(present.map(({ event }) => event));
      } catch (caught) {
        const still = [...seats];
        vacate(still);
        for (const seat of still) seat.reject(caught);
        return;
      }
      // Only those that the way was made for; later ones may name a topic that was not asked about.
      const going = present.filter((seat) => seats.has(seat));
      const started = going.map((seat) => [seat, options.start(seat.event)] as const);
      vacate(going);
      for (const [seat, result] of started) seat.resolve(result);
    }
  };

  const begin = () => {
    opening ??= run().finally(() => {
      opening = null;
      // One that came while the others were being rejected.
      if (seats.size > 0) begin();
    });
  };

  return {
    enter(event) {
      if (event.signal?.aborted)
        return Promise.reject(new KeylineError("aborted", "the caller gave up before it was sent"));
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          if (!seats.has(seat)) return;
          vacate([seat]);
          seat.reject(new KeylineError("aborted", "the caller gave up before it was sent"));
        };
        const stop = () => event.signal?.removeEventListener("abort", onAbort);
        const seat: Seat<Event, Result> = {
          event,
          resolve: (result) => {
            stop();
            resolve(result);
          },
          reject: (error) => {
            stop();
            reject(error);
          },
        };
        event.signal?.addEventListener("abort", onAbort, { once: true });
        seats.add(seat);
        count(event.orderKey, 1);
        begin();
      });
    },
    holds: (orderKey) => orderKey !== null && keys.has(orderKey),
    size: () => seats.size,
    async settled() {
      while (opening) await opening;
    },
    leave(error) {
      const still = [...seats];
      vacate(still);
      for (const seat of still) seat.reject(error);
    },
  };
}
