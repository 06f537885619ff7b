import { describe, expect, it } from "vitest";
import { allCapabilities } from "../src/harness.js";
import { keySuite } from "../src/p1-key/suite.js";
import { partitionSuite } from "../src/p2-partition/suite.js";
import { lanesSuite } from "../src/p3-lanes/suite.js";
import { callOrderSuite } from "../src/p4-call-order/suite.js";
import { oneAtATimeSuite } from "../src/p5-one-at-a-time/suite.js";
import { causalitySuite } from "../src/p6-causality/suite.js";
import { failureSuite } from "../src/p7-failure/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  it("lacks nothing that a suite may ask for", () => {
    expect(memoryHarness.capabilities).toEqual(allCapabilities);
  });

  keySuite(memoryHarness);
  partitionSuite(memoryHarness);
  lanesSuite(memoryHarness);
  callOrderSuite(memoryHarness);
  oneAtATimeSuite(memoryHarness);
  causalitySuite(memoryHarness);
  failureSuite(memoryHarness);
});
