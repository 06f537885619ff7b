import { expect, it } from "vitest";
import { createWrongCounts } from "./wrong-counts.js";

it("an app is not ready while a topic has a wrong partition count", () => {
  const { hooks, check } = createWrongCounts();
  check();
  hooks.partitionCount?.({ topic: "code.executed", expected: 12, found: 24 });
  hooks.partitionCount?.({ topic: "code.executed.dlq", expected: 24, found: 12 });
  expect(check).toThrow("code.executed has 24 partitions and needs 12; code.executed.dlq has 12");
  hooks.partitionCount?.({ topic: "code.executed", expected: 12, found: 12 });
  hooks.partitionCount?.({ topic: "code.executed.dlq", expected: 24, found: 24 });
  check();
});
