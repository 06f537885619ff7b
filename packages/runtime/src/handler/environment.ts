import type { GroupHooks } from "../hooks.js";
import type { OnceTable } from "../ports/once-table.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { Writer } from "../producer/writer.js";
import type { RetryPolicy } from "../retry.js";
import type { CallHandler } from "./call-handler.js";
import type { Slots } from "./slots.js";

/** What the lanes of one consumer share. */
export interface HandlerEnvironment {
  readonly transport: Transport;
  readonly groupId: string;
  readonly hooks: GroupHooks;
  readonly tracing: Tracing | undefined;
  readonly retry: RetryPolicy;
  readonly handlerTimeoutMs: number | undefined;
  /** Where what was handled is noted, for `ctx.once`. */
  readonly once: OnceTable | undefined;
  /** The wall clock (milliseconds since 1970). */
  readonly clock: () => number;
  readonly nowMs: () => number;
  readonly writer: Writer;
  readonly slots: Slots;
  readonly call: CallHandler;
}
