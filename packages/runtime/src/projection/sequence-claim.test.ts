import { expect, test } from "vitest";
import { claimFault } from "./sequence-claim.js";

const fault = (projection: string, number: number, senders?: readonly string[]) =>
  claimFault({ projection, number }, senders ? { senders } : {}, 1000);

test("a number is believed up to the events that the lane's logs hold, gaps or not", () => {
  const faults = [1, 1000, 1001, 999_999_999_999_999].map((number) => fault("tally", number));
  expect(faults).toEqual([null, null, "number", "number"]);
});

test("where the contract declares senders, others have no numbers; a scope of a lane is its projection's", () => {
  const faults = ["tally", "tally@3", "tallyho", "other", "@3"].map((scope) => fault(scope, 1, ["tally"]));
  expect(faults).toEqual([null, null, "sender", "sender", "sender"]);
});
