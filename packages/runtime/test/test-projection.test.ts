import { expect, test } from "vitest";
import { defineProjection } from "../src/projection/define.js";
import { testProjection } from "../src/testing/index.js";
import { topics } from "./support.js";

test("an event without a time happens at the wall clock's, which advanceTo moves, and never back", () => {
  const times = defineProjection<readonly number[], typeof topics>(topics, {
    name: "times",
    initial: () => [],
    on: { orderPlaced: (before, _, { timeMs }) => [...before, timeMs] },
  });
  const driver = testProjection(times);
  const [first, later] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 3)];
  driver.given.orderPlaced({ order_id: 7 });
  driver.advanceTo(later);
  driver.given.orderPlaced({ order_id: 7 });
  driver.advanceTo(first);
  driver.given.orderPlaced({ order_id: 7 });
  expect(driver.state("7")).toEqual([first + 1, later + 1, later + 2]);
});
