import { expect, test } from "vitest";
import { KeylineError } from "../errors.js";
import { createAccumulator } from "./accumulator.js";
import { createChain } from "./chain.js";
import { createSettlement } from "./settlement.js";

test("what is behind a failure in its chain fails at once, in whatever queues it waits", () => {
  const accumulator = createAccumulator(() => undefined);
  const settlement = createSettlement(accumulator, undefined);
  const chain = createChain();
  const outcomes: string[] = [];
  const add = (topic: string, link = chain.join()) => {
    const request = { topic, partition: 0, orderKey: "a", key: null, value: null, headers: [], link };
    const entry = {
      ...{ request, bytes: 1, calledAtMs: 0, stopListening: null },
      resolve: () => void outcomes.push(`${topic} is there`),
      reject: ({ code }: KeylineError) => void outcomes.push(`${topic} ${code}`),
    };
    accumulator.add(entry);
    return entry;
  };
  const first = add("t");
  for (const topic of ["u", "t", "u"]) add(topic);
  // An app's own event of the key goes, behind a failure too.
  const other = add("v", createChain().join());
  settlement.fail(first, new KeylineError("transport_unavailable", "away", { retryable: true }));
  expect(outcomes).toEqual(["t transport_unavailable", "u aborted", "t aborted", "u aborted"]);
  expect(accumulator.isWaiting(other)).toBe(true);
});
