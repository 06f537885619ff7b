import type { GroupHooks } from "../hooks.js";
import { type Arrival, positionOf } from "./arrival.js";
import type { AttemptSpans } from "./attempt-spans.js";
import type { LaneQueueOptions } from "./lane-queue.js";

/** Reports what a lane's queue does with events that name a cause. */
export const queueEvents = (
  hooks: GroupHooks,
  spans: AttemptSpans,
): Pick<LaneQueueOptions<Arrival>, "held" | "released" | "causeIgnored"> => ({
  held(work, cause) {
    spans.held(work, cause);
    hooks.held?.({ ...positionOf(work), key: work.item.key ?? "", cause });
  },
  released(work, heldMs) {
    spans.released(work, heldMs);
    hooks.released?.({ ...positionOf(work), key: work.item.key ?? "", heldMs });
  },
  causeIgnored: (work, reason) => hooks.causeIgnored?.({ ...positionOf(work), reason }),
});
