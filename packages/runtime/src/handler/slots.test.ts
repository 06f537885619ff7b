import { expect, test } from "vitest";
import { createSlots, type SlotUser } from "./slots.js";

/** A lane with so many works, each of a key of its own, that notes what it starts. */
function laneOf(slots: ReturnType<typeof createSlots>, name: string, works: number, started: string[]) {
  const keys = slots.ofDomain("orders");
  const underWay: string[] = [];
  let begun = 0;
  const user: SlotUser = {
    next() {
      if (begun === works) return false;
      const key = `${name}${begun++}`;
      keys.take(key);
      started.push(key);
      underWay.push(key);
      return true;
    },
  };
  const finish = () => {
    const key = underWay.shift();
    if (key === undefined) return;
    keys.release(key);
    slots.wake(user);
  };
  return { user, finish, left: () => works - begun, underWay };
}

test("lanes take turns, also where each free slot is one that a busy lane has just given back", () => {
  const slots = createSlots(2);
  const started: string[] = [];
  const busy = laneOf(slots, "a", 100, started);
  const other = laneOf(slots, "b", 3, started);
  slots.wake(busy.user);
  slots.wake(other.user);
  expect(started).toEqual(["a0", "a1"]);
  for (let finished = 0; finished < 6; finished += 1) (other.underWay.length > 0 ? other : busy).finish();
  expect(other.left()).toBe(0);
});

test("no more run than may, and a lane that is idle is asked again only once it is woken", () => {
  const slots = createSlots(3);
  const started: string[] = [];
  const busy = laneOf(slots, "a", 10, started);
  let asked = 0;
  slots.wake({
    next() {
      asked += 1;
      return false;
    },
  });
  slots.wake(busy.user);
  for (let finished = 0; finished < 7; finished += 1) busy.finish();
  expect([started.length, busy.underWay.length, asked]).toEqual([10, 3, 1]);
});
