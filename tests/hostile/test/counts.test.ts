import { prometheusHooks } from "@keyline/ops";
import { KeylineError } from "@keyline/runtime";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { recordsIn } from "../src/long/counts.js";

it("adds up what the metrics of an app say of each topic", async () => {
  const registry = new Registry();
  const hooks = prometheusHooks(registry);
  const at = { group: "progress", topic: "code.executed", partition: 3, offset: 7, key: "42" };
  for (const _ of [1, 2, 3]) hooks.handled?.({ ...at, attempts: 1, tookMs: 3 });
  hooks.deadLettered?.({ ...at, error: new KeylineError("handler_failed", "as the test says") });
  hooks.handled?.({ ...at, topic: "learning.quiz", attempts: 1, tookMs: 3 });
  expect([...recordsIn(await registry.metrics())].toSorted()).toEqual([
    ["code.executed", 4],
    ["learning.quiz", 1],
  ]);
});
