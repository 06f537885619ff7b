import { KeylineError } from "../errors.js";
import type { AttemptSpans } from "../lane/attempt-spans.js";
import type { StoredEvent } from "../producer/stored-event.js";
import { preparedSend } from "../producer/stored-event.js";
import type { Emission } from "./emission.js";
import type { KeyState } from "./key-state.js";
import type { LaneEnvironment } from "./lane-environment.js";
import type { LaneSilence } from "./silence.js";

/** How what a lane emits for a key is numbered and bounded: one emission for its own keys, one for those of other lanes. */
export function createEmissions(
  { projection, transport, core, homeLane }: LaneEnvironment,
  lane: number,
  clusterId: string,
  { traceOf }: AttemptSpans,
  laneSilence: LaneSilence,
): (row: KeyState) => Emission {
  const { maxBatchBytes } = transport;
  const check = (event: StoredEvent) => {
    // Most are far below the limit: only what might not fit is weighed.
    if (JSON.stringify(event).length * 4 < maxBatchBytes) return;
    const bytes = core.sizeOf(preparedSend(projection.emits, event, clusterId));
    if (bytes <= maxBatchBytes) return;
    throw new KeylineError(
      "record_too_large",
      `cannot emit to ${event.topic}: the event has ${bytes} bytes, at most ${maxBatchBytes} fit a batch`,
    );
  };
  const own: Emission = { sequenceScope: projection.name, check, traceOf };
  const misplaced: Emission = { sequenceScope: `${projection.name}@${lane}`, check, traceOf };
  return ({ key, meta }) => {
    const emission = homeLane(key) === lane ? own : misplaced;
    const silence = laneSilence.of(meta);
    return silence ? { ...emission, silence } : emission;
  };
}
