import type { LaneEvent } from "@keyline/runtime/tools";
import { describe, expect, it } from "vitest";
import { directCauses } from "./causes.js";

/** An event on partition 5; `after` as its header says it, e.g. `a@3`. */
function event(topic: string, offset: number, ...after: string[]): LaneEvent {
  const place = { topic, partition: 5, offset };
  const causes = after.map((text) => {
    const [name = "", at] = text.split("@");
    return { topic: name, partition: 5, offset: Number(at) };
  });
  const record = { ...place, key: null, value: null, headers: [], timestampMs: 0 };
  const decoded = { kind: "failure", code: "record_null", message: "", issues: [] } as const;
  return { ...place, key: "42", name: topic, record, decoded, after: causes };
}

const shown = (events: readonly LaneEvent[]) => {
  const causes = directCauses(events);
  return events.map((one) => (causes.get(one) ?? []).map(({ topic, offset }) => `${topic}@${offset}`));
};

describe("direct causes", () => {
  it("leave out what another cause has come after already", () => {
    const chain = [event("a", 0), event("b", 0, "a@0"), event("c", 0, "b@0", "a@0")];
    expect(shown(chain)).toEqual([[], ["a@0"], ["b@0"]]);
  });

  it("keep two that know nothing of each other", () => {
    expect(shown([event("a", 0), event("b", 0), event("c", 0, "a@0", "b@0")])).toEqual([[], [], ["a@0", "b@0"]]);
  });

  it("leave out what the event before on the same topic has come after", () => {
    const events = [event("a", 0), event("b", 0, "a@0"), event("b", 1, "a@0")];
    expect(shown(events)).toEqual([[], ["a@0"], []]);
  });

  it("mean the student's latest event where a header names another's position, and none where there is none", () => {
    expect(shown([event("a", 3), event("b", 0, "a@9", "c@4")])).toEqual([[], ["a@3"]]);
  });
});
