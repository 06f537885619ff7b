import type { Tracing } from "../ports/tracing.js";
import type { Intake } from "./intake.js";

/** A send with a span around it: the event carries the span to its readers. Order is that of the calls, as without it. */
export function tracedSend(tracing: Tracing, send: Intake["send"]): Intake["send"] {
  return async (event) => {
    const { address, prepared, trace, isStored } = event;
    const { key, id, correlationId } = prepared;
    const span = tracing.send({ topic: address, key, eventId: id, correlationId, cause: trace, isStored });
    try {
      const isTraced = Object.keys(span.headers).length > 0;
      const sent = await send(isTraced ? { ...event, trace: span.headers } : event);
      span.sent(sent);
      return sent;
    } catch (caught) {
      span.failed(caught);
      throw caught;
    }
  };
}
