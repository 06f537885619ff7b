import type { DecodedEvent } from "../codec/decoded.js";
import type { Topics } from "../descriptor.js";
import { handlerOf } from "../group/read-topics.js";
import type { Arrival } from "../lane/arrival.js";
import type { Work } from "../lane/work.js";
import { whileHandling } from "../producer/handling.js";
import { EventContext, EventHandling, type HandlerCall } from "./handled-event.js";
import type { Handlers } from "./types.js";

/**
 * Calls the handler of an event, so that what it sends knows what it was caused by. Gives back what the handler returned:
 * a promise, or nothing; nothing also where the event has no handler.
 */
export type CallHandler = (work: Work<Arrival>, decoded: DecodedEvent, call: HandlerCall) => unknown;

/** @see CallHandler */
export function createCallHandler(on: Handlers<Topics>): CallHandler {
  return (work, decoded, call) => {
    const handler = handlerOf(on[work.item.topic.name], decoded.messageName);
    if (!handler) return undefined;
    const ctx = new EventContext(work.item, decoded, call);
    const handling = new EventHandling(work, decoded, call.clusterId);
    return whileHandling(handling, handler as (...given: unknown[]) => unknown, decoded.payload, ctx);
  };
}
