import { AsyncLocalStorage } from "node:async_hooks";
import type { RecordPosition } from "../hooks.js";
import type { TraceHeaders } from "../ports/tracing.js";

/** What an event that is being handled passes on to the events that its handler sends. */
export interface Handling {
  readonly correlationId: string | null;
  /** Null for none. */
  readonly trace: TraceHeaders | null;
  readonly clusterId: string;
  /** The handled record's position and its own causes. */
  readonly causes: readonly RecordPosition[];
}

const current = new AsyncLocalStorage<Handling>();

/** Runs a handler so that what it sends knows what it was caused by. */
export function whileHandling<Given extends unknown[], T>(
  handling: Handling,
  handler: (...given: Given) => T,
  ...given: Given
): T {
  return current.run(handling, handler, ...given);
}

/** What is being handled here, if anything. */
export function currentHandling(): Handling | undefined {
  return current.getStore();
}
