import { describe, expect, it } from "vitest";
import type { FetchedPartition } from "../wire/fetch.js";
import type { LogBatch } from "../wire/read-batches.js";
import { payloadBytes, toBatch } from "./convert.js";

const target = { topic: "t", partition: 0 };

/** A batch of the log from `first` up to `last`, with records at some of its offsets. */
function logBatch([first, last]: readonly [number, number], offsets: readonly number[], more: Partial<LogBatch> = {}) {
  const record = { ...target, key: null, value: Buffer.from("v"), headers: [], timestampMs: 5 };
  const records = offsets.map((offset) => ({ ...record, offset }));
  const plain = { producerId: 7n, transactional: false, control: false };
  return { baseOffset: first, lastOffset: last, records, ...plain, ...more };
}

const fetched = (batches: readonly LogBatch[], more: Partial<FetchedPartition> = {}): FetchedPartition => ({
  ...target,
  error: null,
  highWatermark: 100,
  lastStableOffset: 100,
  abortedTransactions: [],
  batches,
  ...more,
});

const inTransaction = (producerId: bigint, offset: number) =>
  logBatch([offset, offset], [offset], { producerId, transactional: true });

/** What ends a transaction: 0 gives it up, 1 commits it. */
function marker(producerId: bigint, offset: number, type: number): LogBatch {
  const batch = inTransaction(producerId, offset);
  return {
    ...batch,
    control: true,
    records: batch.records.map((row) => ({ ...row, key: Buffer.from([0, 0, 0, type]) })),
  };
}

describe("what a fetch brought", () => {
  it("records before the offset asked for, which a batch of the log carries along, are left out", () => {
    const batch = toBatch(target, 11, fetched([logBatch([10, 12], [10, 11, 12])]));
    expect(batch.records.map(({ offset }) => offset)).toEqual([11, 12]);
    expect(batch).toMatchObject({ nextOffset: 13, logEnd: 100 });
  });

  it("goes on behind a gap that compaction left at the end of a batch", () => {
    expect(toBatch(target, 10, fetched([logBatch([10, 19], [10])])).nextOffset).toBe(20);
  });

  it("goes on behind a batch that compaction has emptied", () => {
    expect(toBatch(target, 10, fetched([logBatch([10, 19], [])]))).toMatchObject({ records: [], nextOffset: 20 });
  });

  it("nothing brought moves nothing", () => {
    expect(toBatch(target, 10, fetched([]))).toMatchObject({ records: [], nextOffset: 10 });
  });

  it("a transaction that was given up, and every marker, is left out; others of the same time stay", () => {
    const batches = [
      inTransaction(7n, 0),
      inTransaction(8n, 1),
      logBatch([2, 2], [2]),
      marker(7n, 3, 0),
      inTransaction(7n, 4),
      marker(8n, 5, 1),
    ];
    const batch = toBatch(target, 0, fetched(batches, { abortedTransactions: [{ producerId: 7n, firstOffset: 0 }] }));
    expect(batch.records.map(({ offset }) => offset)).toEqual([1, 2, 4]);
    expect(batch.nextOffset).toBe(6);
  });
});

it("a record's bytes are those of key, value and headers", () => {
  const value = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
  expect(payloadBytes({ key: null, value, headers: [["h", value]], timestampMs: 1 })).toBe(5);
});
