import { expect, test } from "vitest";
import { childTrace } from "./outgoing.js";

const trace = "0af7651916cd43dd8448eb211c80319c";
const shape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

test("an event keeps the trace of what caused it, with a span of its own", () => {
  const child = childTrace(`00-${trace}-b7ad6b7169203331-01`);
  expect(shape.exec(child)?.slice(1)).toEqual([trace, expect.not.stringContaining("b7ad6b7169203331"), "01"]);
});

test.each([
  null,
  "",
  `00-${trace}`,
  `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
  `00-${trace}-b7ad6b7169203331-01\r\nx: y`,
])("what is not a valid trace context begins a new one, and goes no further: %j", (malformed) => {
  const child = childTrace(malformed);
  expect(child).toMatch(shape);
  expect(child).not.toContain(trace);
});
