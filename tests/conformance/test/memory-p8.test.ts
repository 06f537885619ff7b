import { createMemoryStore } from "@keyline/runtime/testing";
import { describe } from "vitest";
import { holdSuite } from "../src/p7-failure/hold.js";
import { oneEventSuite } from "../src/p7-failure/one-event.js";
import { resetSuite } from "../src/p8-effect-once/resets.js";
import { effectOnceSuite } from "../src/p8-effect-once/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  const stores = { name: "the memory store", createStore: async () => createMemoryStore() };
  holdSuite(memoryHarness, stores);
  oneEventSuite(memoryHarness, stores);
  effectOnceSuite(memoryHarness, stores);
  resetSuite(memoryHarness, stores);
});
