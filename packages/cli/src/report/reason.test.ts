import { expect, test } from "vitest";
import { reasonText } from "./reason.js";

test("a reason is told without the place that stands beside it, and whole where it says anything else", () => {
  const source = { topic: "order.paid", partition: 3, offset: 7 };
  expect(reasonText("books cannot apply order.paid/3@7: no such module", source)).toBe("no such module");
  expect(reasonText("cannot handle order.paid/3@7: a: b", source)).toBe("a: b");
  for (const whole of [
    "books cannot apply order.paid/3@8: no",
    "order.paid/3@7 is not JSON",
    "read order.paid/3@7: no",
  ])
    expect(reasonText(whole, source)).toBe(whole);
});
