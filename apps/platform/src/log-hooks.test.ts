import { KeylineError } from "@keyline/runtime";
import { expect, it } from "vitest";
import { logHooks } from "./log-hooks.js";

const stray = (matches: readonly ("murmur2" | "consistent")[]) => ({
  ...{ topic: "code.executed", partition: 3, offset: 7, key: "42", expected: 5, matches },
});

it("says once in a while that a topic's partition count is wrong, and when it is right again", () => {
  const lines: string[] = [];
  const hooks = logHooks((line) => lines.push(line));
  const mismatch = { topic: "code.executed", expected: 12, found: 24 };
  // The projector and its producer both tell.
  for (const event of [mismatch, mismatch, { ...mismatch, found: 12 }]) hooks.partitionCount?.(event);
  expect(lines).toEqual([
    expect.stringContaining("partition_count: code.executed has 24 partitions and needs 12"),
    expect.stringContaining("code.executed has 12 partitions again"),
  ]);
});

it("says on which partition a transaction stays open, and for how long", () => {
  const lines: string[] = [];
  const hooks = logHooks((line) => lines.push(line));
  const open = { group: "progress", topic: "code.executed", partition: 3, offset: 7 };
  for (const openMs of [10_100, 15_100]) hooks.transactionOpen?.({ ...open, openMs });
  expect(lines).toEqual([
    expect.stringContaining("transaction open for 10 s: nothing of code.executed/3 from 7 on is read before it ends"),
  ]);
});

it("names the partitioner that most stray records match, and whose default it is", () => {
  const now = { ms: 0 };
  const lines: string[] = [];
  const hooks = logHooks(
    (line) => lines.push(line),
    () => now.ms,
  );
  hooks.wrongPartition?.(stray([]));
  expect(lines[0]).toContain("wrong partition: code.executed/3@7 belongs on partition 5; no partitioner that we know");
  for (let n = 0; n < 8; n += 1) hooks.wrongPartition?.(stray(["murmur2"]));
  hooks.wrongPartition?.(stray(["murmur2", "consistent"]));
  // Not a line for each: a producer that fails all the time must not fill a disk.
  expect(lines).toHaveLength(1);
  now.ms = 10_000;
  hooks.wrongPartition?.(stray(["murmur2"]));
  expect(lines[1]).toContain(
    "10 of 11 such records lie where murmur2 puts them (Java's clients, kafkajs, kafka-python)",
  );
  expect(lines[1]).toContain("(and 9 more like it)");
});

it("no record can steer the terminal that shows the log, or write a line of its own", () => {
  const lines: string[] = [];
  const hooks = logHooks((line) => lines.push(line));
  const hostile = "\u001b[2J\n2026-01-01 dead letter: forged\r\u009b1m\u2028\u202e";
  // As an error of another copy of the runtime may be.
  const error = Object.assign(new KeylineError("record_not_json", ""), { message: hostile });
  const at = { topic: "code.executed", partition: 3, offset: 7, key: hostile };
  hooks.deadLettered?.({ ...at, error });
  hooks.retried?.({ ...at, error, attempt: 1, delayMs: 5 });
  hooks.parked?.({ ...at, error });
  hooks.timerDropped?.({ group: "g", key: hostile, timer: hostile, error });
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).toMatch(/^[^\p{Cc}\u2028\u202e]*\n$/u);
    expect(line).toContain("\\u001b[2J\\u000a2026-01-01 dead letter: forged");
  }
});
