import { KeylineError } from "../errors.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { AnyProjection, DueTimer } from "./define.js";
import type { Emission } from "./emission.js";
import { begin, type KeyState, newStateOf, type StoredTimer } from "./key-state.js";
import { contextOf, type Trigger } from "./reducer-context.js";

/** A reducer that sets a timer in the past from a timer, again and again, would never end. */
const mostTimersAtOnce = 10_000;

/**
 * Fires every timer of the key that is due before the time, in order of due time. Changes `row`. `isBeforeSilent`: before an event
 * whose effects were published before the lane was reset, so theirs were too.
 */
export function fireTimers(
  projection: AnyProjection,
  row: KeyState,
  beforeMs: number,
  emission: Emission,
  isBeforeSilent = false,
): { readonly fired: readonly StoredTimer[]; readonly emitted: StoredEvent[] } {
  const emitted: StoredEvent[] = [];
  const fired: StoredTimer[] = [];
  for (;;) {
    const timer = firstDue(row.meta.timers, beforeMs);
    if (!timer) return { fired, emitted };
    if (fired.length >= mostTimersAtOnce) throw endless(row.key, fired);
    row.meta.timers = row.meta.timers.filter((other) => other !== timer);
    try {
      const isSilent = isBeforeSilent || (emission.silence?.coversTimer(timer) ?? false);
      fire(projection, row, timer, emitted, emission, isSilent);
      fired.push(timer);
    } catch (caught) {
      throw timerFailed(projection, timer, caught);
    }
  }
}

/** The first timer is to blame: it is in the store, and the timers that it set are not. */
function endless(key: string, [first]: readonly StoredTimer[]): KeylineError {
  const issues = first ? [first.name, String(first.dueAtMs)] : [];
  const message = `timers of key ${key} set each other without end: set them later than their own due time`;
  return new KeylineError("timer_failed", message, { issues });
}

function firstDue(timers: readonly StoredTimer[], beforeMs: number): StoredTimer | null {
  return timers.reduce<StoredTimer | null>(
    (first, timer) => (timer.dueAtMs < beforeMs && (!first || timer.dueAtMs < first.dueAtMs) ? timer : first),
    null,
  );
}

function fire(
  projection: AnyProjection,
  row: KeyState,
  timer: StoredTimer,
  emitted: StoredEvent[],
  emission: Emission,
  isSilent: boolean,
) {
  if (!projection.onTimer) return;
  const due: DueTimer = { name: timer.name, dueAtMs: timer.dueAtMs, data: timer.data };
  begin(row, projection);
  const ctx = contextOf(projection, row, triggerOf(timer, isSilent), emitted, emission);
  row.state = newStateOf(projection.onTimer(...([row.state, due, ctx] as [never, DueTimer, never])), projection.name);
}

/** The place of a timer's context is that of the event that set it. */
function triggerOf({ name, dueAtMs, correlationId, causes }: StoredTimer, isSilent: boolean): Trigger {
  const setBy = causes.at(-1);
  return {
    topic: setBy?.topic ?? "",
    partition: setBy?.partition ?? 0,
    offset: setBy?.offset ?? 0,
    message: "",
    timeMs: dueAtMs,
    eventId: null,
    correlationId,
    trace: null,
    causes,
    seed: `timer ${name} ${dueAtMs}`,
    isSilent,
  };
}

function timerFailed(projection: AnyProjection, { name, dueAtMs }: StoredTimer, caught: unknown): KeylineError {
  const reason = caught instanceof Error ? caught.message : String(caught);
  return new KeylineError("timer_failed", `${projection.name} cannot fire timer ${name}: ${reason}`, {
    cause: caught,
    issues: [name, String(dueAtMs)],
  });
}
