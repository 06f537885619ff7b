import { expect, test } from "vitest";
import { longestScope, mostScopes, nothingKnown } from "./known-events.js";
import { claimFault } from "./sequence-claim.js";

const topic = { address: "orders.paid" };
const fault = (projection: string, number: number, senders?: readonly string[], known = nothingKnown()) =>
  claimFault({ projection, number }, senders ? { ...topic, senders } : topic, known, 1000);

test("a number is believed up to the events that the lane's logs hold, gaps or not", () => {
  expect([1, 1000, 1001, 999_999_999_999_999].map((number) => fault("tally", number))).toEqual([
    null,
    null,
    "number",
    "number",
  ]);
});

test("where the contract declares senders, others have no numbers; a scope of a lane is its projection's", () => {
  expect(["tally", "tally@3", "tallyho", "other", "@3"].map((scope) => fault(scope, 1, ["tally"]))).toEqual([
    null,
    null,
    "sender",
    "sender",
    "sender",
  ]);
});

test("names are bounded in length, and in number for each topic; a name that is known goes on", () => {
  expect(fault("x".repeat(longestScope), 1)).toBeNull();
  expect(fault("x".repeat(longestScope + 1), 1)).toBe("name");
  const known = nothingKnown();
  const numbers = Object.fromEntries(Array.from({ length: mostScopes }, (_, index) => [`scope-${index}`, 1]));
  known.sequencesByTopic["orders.paid"] = numbers;
  expect([fault("scope-3", 2, undefined, known), fault("another", 2, undefined, known)]).toEqual([null, "name"]);
  expect(claimFault({ projection: "another", number: 2 }, { address: "orders.sent" }, known, 1000)).toBeNull();
});
