import { expect, test } from "vitest";
import { createAccumulator, type Entry, type PartitionQueue } from "./accumulator.js";

const limits = { maxRecords: 10, maxBytes: 100 };

function accumulator() {
  const ready = new Map<string, PartitionQueue>();
  const made = createAccumulator((queue) => void ready.set(queue.topic, queue));
  const names = new Map<Entry, string>();
  const add = (name: string, topic: string, orderKey: string | null, bytes = 1) => {
    const request = { topic, partition: 0, orderKey, key: null, value: null, headers: [] };
    const entry: Entry = {
      request,
      bytes,
      calledAtMs: 0,
      stopListening: () => undefined,
      resolve: () => undefined,
      reject: () => undefined,
    };
    names.set(entry, name);
    made.add(entry);
    return entry;
  };
  const take = (topic: string, most = limits) => {
    const queue = ready.get(topic);
    return queue ? made.take(queue, most).map((entry) => names.get(entry)) : [];
  };
  return { ...made, add, take };
}

test("a record whose key is under way on another topic waits, and no other key does", () => {
  const { add, take, remove } = accumulator();
  const first = add("a1", "t", "a");
  add("a2", "u", "a");
  add("b1", "u", "b");
  expect(take("t")).toEqual(["a1"]);
  expect(take("u")).toEqual(["b1"]);
  remove(first);
  expect(take("u")).toEqual(["a2"]);
});

test("records of a key on one partition travel together, also those that waited", () => {
  const { add, take, remove } = accumulator();
  const first = add("a1", "t", "a");
  add("a2", "u", "a");
  add("a3", "u", "a");
  take("t");
  remove(first);
  expect(take("u")).toEqual(["a2", "a3"]);
});

test("a record that is taken out of the middle leaves the chain whole", () => {
  const { add, take, remove } = accumulator();
  const first = add("a1", "t", "a");
  const middle = add("a2", "u", "a");
  add("a3", "v", "a");
  take("t");
  remove(middle);
  expect(take("v")).toEqual([]);
  remove(first);
  expect(take("v")).toEqual(["a3"]);
});

test("a batch ends before it is too large, and holds one record at least", () => {
  const { add, take } = accumulator();
  add("a", "t", null, 60);
  add("b", "t", null, 60);
  add("c", "t", null, 500);
  expect([take("t"), take("t"), take("t"), take("t")]).toEqual([["a"], ["b"], ["c"], []]);
});
