import { expect, test } from "vitest";
import { measureSpans } from "../src/spans.js";

test("an event costs at most 1.5 times a span made by hand when it is sent, and again when it is processed", async () => {
  const { byHand, sent, processed } = await measureSpans();
  expect(sent / byHand).toBeLessThanOrEqual(1.5);
  expect(processed / byHand).toBeLessThanOrEqual(1.5);
}, 300_000);
