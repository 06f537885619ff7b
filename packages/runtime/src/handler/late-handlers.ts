import type { GroupHooks } from "../hooks.js";
import { type Arrival, positionOf } from "../lane/arrival.js";
import type { Work } from "../lane/work.js";

export interface LateHandlersOptions {
  /** Undefined for never. */
  readonly timeoutMs: number | undefined;
  readonly hooks: GroupHooks;
}

/** One call of a handler that is watched. */
export interface WatchedCall {
  /** Fires with `gone`, and when the call is late. */
  readonly signal: AbortSignal;
  /** The call has ended. */
  end(): void;
}

/** Watches how long handlers take: one that never settles holds its key, and only it can end itself. */
export interface LateHandlers {
  /** Watches a call; null where no time is set. */
  watch(work: Work<Arrival>, attempt: number, gone: AbortSignal): WatchedCall | null;
  /** Calls that took longer than they may and have not ended. */
  count(): number;
}

/** Invariant: `late` has the calls whose time is over and that have not ended. */
export function createLateHandlers({ timeoutMs, hooks }: LateHandlersOptions): LateHandlers {
  const late = new Set<WatchedCall>();
  return {
    watch(work, attempt, gone) {
      if (timeoutMs === undefined) return null;
      const over = new AbortController();
      const timer = setTimeout(() => {
        late.add(call);
        hooks.handlerLate?.({ ...positionOf(work), key: work.item.key, attempt, timeoutMs });
        over.abort(new DOMException(`the handler has taken ${timeoutMs} ms`, "TimeoutError"));
      }, timeoutMs);
      const call: WatchedCall = {
        signal: AbortSignal.any([gone, over.signal]),
        end() {
          clearTimeout(timer);
          late.delete(call);
        },
      };
      return call;
    },
    count: () => late.size,
  };
}
