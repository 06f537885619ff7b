import { expect, it } from "vitest";
import { type Committed, checkOutbox, type Published } from "../src/outbox/check.js";
import { readOutboxOptions } from "../src/outbox/options.js";

const topic = "learning.query";
const commits: readonly Committed[] = [
  { id: "a", student: 1, n: 1, topic },
  { id: "b", student: 2, n: 1, topic },
  { id: "c", student: 1, n: 2, topic },
];
const at = (id: string, offset: number, key = id === "b" ? "2" : "1"): Published => ({
  ...{ id, topic, partition: 0, offset, key },
});
const clean = { commits: 3, repeated: 0, lost: 0, outOfOrder: 0, rolledBack: 0, wrongKey: 0, examples: [] };

it("each student's commits in their order, with repetitions, are as they should be", () => {
  expect(checkOutbox(commits, [at("b", 0), at("a", 1), at("c", 2)])).toEqual(clean);
  // A relay that lost its slots writes late what another has written.
  expect(checkOutbox(commits, [at("a", 0), at("c", 1), at("a", 2), at("b", 3)])).toEqual({ ...clean, repeated: 1 });
});

it("sees what is lost, overtaken, never committed, or under another key", () => {
  expect(checkOutbox(commits, [at("a", 0), at("b", 1)])).toMatchObject({ lost: 1, examples: ["lost: c"] });
  expect(checkOutbox(commits, [at("c", 0), at("a", 1), at("b", 2)])).toMatchObject({ outOfOrder: 1, lost: 0 });
  const all = [at("a", 0), at("b", 1), at("c", 2)];
  expect(checkOutbox(commits, [...all, at("d", 3)])).toMatchObject({ rolledBack: 1, lost: 0, outOfOrder: 0 });
  expect(checkOutbox(commits, [at("a", 0), at("b", 1, "1"), at("c", 2)])).toMatchObject({ wrongKey: 1 });
});

it("its command line says what is wrong", () => {
  expect(readOutboxOptions([])).toMatchObject({ commits: 100_000, brokers: 3 });
  expect(readOutboxOptions(["--commits", "0"])).toEqual({ problem: "--commits must be a number above 0, not 0" });
  expect(readOutboxOptions(["--brokers", "2"])).toEqual({ problem: "--brokers must be 1 or 3, not 2" });
  expect(readOutboxOptions(["--help"])).toBe("help");
});
