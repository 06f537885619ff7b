import { describe } from "vitest";
import { keySuite } from "../src/p1-key/suite.js";
import { partitionSuite } from "../src/p2-partition/suite.js";
import { lanesSuite } from "../src/p3-lanes/suite.js";
import { callOrderSuite } from "../src/p4-call-order/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  keySuite(memoryHarness);
  partitionSuite(memoryHarness);
  lanesSuite(memoryHarness);
  callOrderSuite(memoryHarness);
});
