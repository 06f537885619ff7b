import type { LaneEvent } from "@keyline/runtime/tools";
import type { HoldRecord } from "@student-events/platform";
import type { TimelineEvent, Wait } from "../wire.js";
import { directCauses } from "./causes.js";
import { type Description, describe } from "./describe.js";

/** What the page shows of these events: the latest ones, in order. */
export function timelineEvents(
  events: readonly LaneEvent[],
  holds: readonly HoldRecord[],
  most: number,
): readonly TimelineEvent[] {
  const causes = directCauses(events);
  const waits = Map.groupBy(holds, placeOf);
  return events.slice(-most).map((event) => {
    const { topic, partition, offset } = event;
    return {
      topic,
      partition,
      offset,
      at: timeOf(event),
      ...descriptionOf(event),
      causes: causes.get(event) ?? [],
      waits: (waits.get(placeOf(event)) ?? []).map(waitOf),
    };
  });
}

function placeOf({
  topic,
  partition,
  offset,
}: {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}): string {
  return `${topic}/${partition}@${offset}`;
}

function waitOf({ app, cause, heldMs }: HoldRecord): Wait {
  return { app, cause, heldMs: Math.round(heldMs * 10) / 10 };
}

function timeOf({ decoded }: LaneEvent): string | null {
  return decoded.kind === "event" && decoded.timeMs !== null ? new Date(decoded.timeMs).toISOString() : null;
}

function descriptionOf({ decoded }: LaneEvent): Description {
  if (decoded.kind === "failure") {
    return {
      what: `An event that cannot be read (${decoded.code})`,
      module: null,
      exercise: null,
      text: null,
      isCode: false,
      outcome: "bad",
    };
  }
  const { payload } = decoded;
  const inner = isObject(payload) && "payload" in payload && isObject(payload.payload) ? payload.payload : {};
  return describe(decoded.messageName, inner);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
