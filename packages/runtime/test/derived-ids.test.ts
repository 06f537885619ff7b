import { expect, test } from "vitest";
import { defineProjection } from "../src/projection/define.js";
import { testProjection } from "../src/testing/index.js";
import { topics } from "./support.js";

/** Notes an id for each event and timer; emits for each, and sets the same timer for each. */
const noting = () =>
  testProjection(
    defineProjection<readonly string[], typeof topics>(topics, {
      name: "noting",
      initial: () => [],
      on: {
        orderPlaced: (ids, { order_id }, ctx) => {
          ctx.emit.orderSent({ order_id });
          ctx.timer.set("late", Date.UTC(2026, 0, 2));
          return [...ids, ctx.uuid("note")];
        },
        orderPaid: (ids, { order_id }, ctx) => {
          ctx.emit.orderSent({ order_id });
          ctx.timer.set("late", Date.UTC(2026, 0, 2));
          return [...ids, ctx.uuid("note")];
        },
      },
      onTimer: (ids, _, ctx) => [...ids, ctx.uuid("note")],
    }),
  );

const event = { order_id: 7, event_id: "0a4b1d52-8e51-4d5c-9a52-3c1d5c0f7e11", timestamp: "2026-01-01T00:00:00Z" };

function run() {
  const driver = noting();
  driver.given.orderPlaced(event);
  driver.advanceTo(Date.UTC(2026, 0, 3));
  driver.given.orderPaid(event);
  driver.advanceTo(Date.UTC(2026, 0, 3));
  const sent = driver.emitted.map(({ event: { event_id } }) => event_id);
  return { noted: driver.state("7"), sent };
}

test("events of one id on two topics give outputs of different ids, and so do the timers that they set", () => {
  const { noted, sent } = run();
  expect([noted.length, sent.length]).toEqual([4, 2]);
  expect(new Set([...noted, ...sent]).size).toBe(6);
});

test("ids are the same in every run and every version: stores and readers have them", () => {
  expect(run()).toEqual(run());
  expect(run()).toEqual({
    noted: [
      "44b1de7a-0372-8fd7-a3fa-35118450a57f",
      "60b48f84-05b5-89e7-a8f5-504431e83700",
      "337731d2-967d-84cd-aea9-23403c831967",
      "51236fdf-c07d-8c5e-abb5-02ce56e1c90d",
    ],
    sent: ["8452a052-4ef8-84d3-a3cb-94ed5c27c6b0", "590060d9-acde-8f6a-a776-bdc0fb39503f"],
  });
});
