import { expect, test } from "vitest";
import { KeylineError } from "../errors.js";
import { type KeyMeta, newRow } from "./key-state.js";
import { type KeyToReset, type LaneToReset, resetRows } from "./reset-rows.js";

const options = { replaced: [], publish: false, nowMs: 1000 };
const position = (topic: string, next: number, lane = 3) => ({ topic, partition: lane, next, last: null });
const lane: LaneToReset = { lane: 3, positions: [position("a", 10), position("b", 20)], own: null };

const metaOf = (more: Partial<KeyMeta>): KeyMeta => ({ ...newRow("").meta, emitted: { p: 4 }, ...more });
const keyOf = (more: Partial<KeyMeta>, parked: KeyToReset["parked"] = []): KeyToReset => ({
  ...{ lane: 3, parked },
  row: { key: "42", version: 5, state: { total: 4 }, meta: metaOf(more) },
});
const timer = (dueAtMs: number) => ({ name: "t", dueAtMs, data: null, correlationId: null, causes: [] });

test("a lane marks where it stood; a key that stood there remembers what it has emitted, and nothing else", () => {
  const { ofLane, ofKey } = resetRows([lane], options);
  expect(ofLane(3)).toMatchObject({ silentBelow: { "a/3": 10, "b/3": 20 }, silentBeforeMs: 1000, applied: {} });
  const applied = { "a/3": 9, "b/3": 3 };
  const known = { recent: ["x"], sequences: { q: 3 }, refused: { "a/3": [1] } };
  expect(ofKey(keyOf({ applied, ...known }))).toEqual({
    ...newRow("").meta,
    ...{ emitted: { p: 4 }, stateless: true },
  });
  expect(ofKey(keyOf({ emitted: {}, applied, ...known }))).toBeNull();
});

test("a key that stood elsewhere has marks of its own", () => {
  const { ofKey } = resetRows([lane], options);
  expect(ofKey(keyOf({ applied: { "a/3": 14 } }))).toMatchObject({ silentBelow: { "a/3": 15 } });
  const parked = [{ topic: "a", partition: 3, offset: 6, events: 2 }];
  expect(ofKey(keyOf({ applied: { "a/3": 14 }, parked: 2 }, parked))).toMatchObject({ silentBelow: { "a/3": 6 } });
  expect(ofKey(keyOf({ emitted: {}, timers: [timer(700), timer(1500)] }))).toMatchObject({ silentBeforeMs: 700 });
  expect(ofKey(keyOf({ emitted: {}, timers: [timer(1500)] }))).toBeNull();
});

test("what is parked in a lane that is not reset stays parked, once", () => {
  const parked = [
    { topic: "a", partition: 3, offset: 6, events: 2 },
    { topic: "a", partition: 4, offset: 8, events: 3 },
  ];
  const meta = resetRows([lane], options).ofKey(keyOf({ applied: { "a/3": 7, "a/4": 11 }, parked: 5 }, parked));
  expect(meta).toMatchObject({ parked: 3, applied: { "a/4": 11 }, silentBelow: { "a/3": 6, "a/4": 8 } });
});

test("what was refused stays noted where its record does not come again: its letter alone can bring it", () => {
  const refused = { "a/3": [1, 4, 7], "b/3": [2], "a/4": [9] };
  const begins = [
    { topic: "a", partition: 3, offset: 5 },
    { topic: "b", partition: 3, offset: 9 },
  ];
  const key = keyOf({ emitted: {}, refused });
  expect(resetRows([lane], { ...options, begins }).ofKey(key)).toMatchObject({
    stateless: true,
    refused: { "a/3": [1, 4], "b/3": [2], "a/4": [9] },
  });
  const replaced = [{ topic: "a", partition: 3 }];
  expect(resetRows([lane], { ...options, begins, replaced }).ofKey(key)).toMatchObject({
    refused: { "b/3": [2], "a/4": [9] },
  });
  expect(resetRows([lane], options).ofKey(keyOf({ emitted: {}, refused: { "a/3": [1, 4, 7] } }))).toBeNull();
});

test("a second reset keeps the marks of the first as long as the lane is not read up to them", () => {
  const first = resetRows([lane], options).ofLane(3);
  const own = { key: "own", version: 1, state: null, meta: first };
  const half = { ...lane, own, positions: [position("a", 4)] };
  const second = resetRows([half], { ...options, nowMs: 5000 });
  expect(second.ofLane(3)).toMatchObject({ silentBelow: { "a/3": 10, "b/3": 20 }, silentBeforeMs: 1000 });
  // Timers that are set again on the way had fired.
  expect(second.ofKey(keyOf({ emitted: {}, timers: [timer(300)] }))).toBeNull();
  const whole = { ...lane, own, positions: [position("a", 14), position("b", 20)] };
  expect(resetRows([whole], { ...options, nowMs: 5000 }).ofLane(3)).toMatchObject({
    ...{ silentBelow: { "a/3": 14, "b/3": 20 }, silentBeforeMs: 5000 },
  });
});

test("nothing is silent of a log that was replaced, nor with `publish`", () => {
  const replaced = resetRows([lane], { ...options, replaced: [{ topic: "a", partition: 3 }] });
  expect(replaced.ofLane(3)).toMatchObject({ silentBelow: { "b/3": 20 } });
  expect(replaced.ofKey(keyOf({ emitted: {}, applied: { "a/3": 14 } }))).toBeNull();
  const published = resetRows([lane], { ...options, publish: true });
  expect(published.ofLane(3)).not.toHaveProperty("silentBelow");
  expect(published.ofKey(keyOf({ emitted: {}, applied: { "a/3": 14 }, timers: [timer(5)] }))).toBeNull();
});

test("a row that a much newer runtime wrote is refused", () => {
  expect(() => resetRows([lane], options).ofKey(keyOf({ version: 99 }))).toThrow(KeylineError);
});
