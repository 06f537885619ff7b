import { KeylineError } from "../errors.js";
import { type Arrival, placeOf } from "../lane/arrival.js";
import type { Work } from "../lane/work.js";
import type { Batch } from "./batch.js";
import type { LastFailure } from "./failures.js";
import type { KeyState } from "./key-state.js";
import type { LaneParts } from "./lane-parts.js";
import { parkedEvent } from "./parked.js";
import { refuse, refusedNow } from "./refuse.js";

/** Puts the event behind those of its key that wait already; over the limit it goes to the dead letters. */
export function park(
  lane: LaneParts,
  batch: Batch,
  work: Work<Arrival>,
  row: KeyState,
  failure: LastFailure | null,
): void {
  const { meta, key } = row;
  const place = `${work.topic}/${work.partition}`;
  if ((meta.applied[place] ?? -1) >= work.offset) {
    batch.entries.push({ key, work, ignored: "applied_offset", outgoing: [], refused: null });
    return;
  }
  if ((meta.parked ?? 0) >= lane.env.maxParked) {
    const waiting = `${meta.parked} events of its key wait: release the key`;
    const error = new KeylineError("parked_full", `cannot park ${placeOf(work)}: ${waiting}`);
    refuse(lane, batch, work, row, refusedNow(lane, error));
    return;
  }
  meta.applied[place] = work.offset;
  meta.parked = (meta.parked ?? 0) + 1;
  const parked = parkedEvent(work.item.record, failure);
  batch.entries.push({ key, work, ignored: null, outgoing: [], refused: null, parked });
  batch.changed.set(key, row);
}
