import { KeylineError } from "../errors.js";
import type { Emission, Emitted } from "./emitted.js";
import type { LaneEnvironment } from "./lane-environment.js";
import { preparedSend } from "./prepared-send.js";

/**
 * How what a lane emits for a key is numbered and bounded: one emission for its own keys, one for those of other lanes.
 * Invariant: `told` are the topics of which it was said that they do not declare this projection as a sender.
 */
export function createEmissions(
  { projection, transport, core, homeLane, hooks }: LaneEnvironment,
  lane: number,
  clusterId: string,
): (key: string) => Emission {
  const { maxBatchBytes } = transport;
  const told = new Set<string>();
  const check = (event: Emitted) => {
    const { address = "", senders } = projection.emits[event.topic] ?? {};
    if (event.sequence !== null && senders && !senders.includes(projection.name) && !told.has(address)) {
      told.add(address);
      hooks.senderUndeclared?.({ projection: projection.name, topic: address, senders });
    }
    // Most are far below the limit: only what might not fit is weighed.
    if (JSON.stringify(event).length * 4 < maxBatchBytes) return;
    const bytes = core.sizeOf(preparedSend(projection.emits, event, clusterId));
    if (bytes <= maxBatchBytes) return;
    throw new KeylineError(
      "record_too_large",
      `cannot emit to ${event.topic}: the event has ${bytes} bytes, at most ${maxBatchBytes} fit a batch`,
    );
  };
  const own: Emission = { sequenceScope: projection.name, check };
  const misplaced: Emission = { sequenceScope: `${projection.name}@${lane}`, check };
  return (key) => (homeLane(key) === lane ? own : misplaced);
}
