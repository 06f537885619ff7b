import { createMemoryStore } from "@keyline/runtime/testing";
import { describe } from "vitest";
import { effectOnceSuite } from "../src/p8-effect-once/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  effectOnceSuite(memoryHarness, { name: "the memory store", createStore: async () => createMemoryStore() });
});
