import { describe, expect, it } from "vitest";
import type { FetchedPartition, IncomingMessage } from "../client/protocol.js";
import { payloadBytes, toBatch, toMessage } from "./convert.js";
import { fromKafkaHeaders, toKafkaHeaders } from "./headers.js";

const target = { topic: "t", partition: 0 };

/** A record of a batch that begins at `first` and goes up to `last`. */
function message(offset: number, [first, last]: readonly [number, number], more: Partial<IncomingMessage> = {}) {
  const batchContext = {
    firstOffset: String(first),
    lastOffsetDelta: last - first,
    producerId: "7",
    inTransaction: false,
  };
  const value = Buffer.from(String(offset));
  return {
    key: null,
    value,
    headers: {},
    timestamp: "5",
    offset: String(offset),
    isControlRecord: false,
    batchContext,
    ...more,
  };
}

const fetched = (messages: readonly IncomingMessage[], more: Partial<FetchedPartition> = {}): FetchedPartition => ({
  partition: 0,
  highWatermark: "100",
  lastStableOffset: "100",
  abortedTransactions: [],
  messages,
  ...more,
});

const inTransaction = (producerId: string, offset: number) => ({
  firstOffset: String(offset),
  lastOffsetDelta: 0,
  producerId,
  inTransaction: true,
});
const marker = (type: number) => Buffer.from([0, 0, 0, type]);

describe("what a fetch brought", () => {
  it("records before the offset asked for, which a batch of the log carries along, are left out", () => {
    const batch = toBatch(target, 11, fetched([message(10, [10, 12]), message(11, [10, 12]), message(12, [10, 12])]));
    expect(batch.records.map(({ offset }) => offset)).toEqual([11, 12]);
    expect(batch).toMatchObject({ nextOffset: 13, logEnd: 100 });
  });

  it("goes on behind a gap that compaction left at the end of a batch", () => {
    expect(toBatch(target, 10, fetched([message(10, [10, 19])])).nextOffset).toBe(20);
  });

  it("nothing brought moves nothing", () => {
    expect(toBatch(target, 10, fetched([]))).toMatchObject({ records: [], nextOffset: 10 });
  });

  it("a transaction that was given up, and every marker, is left out; others of the same time stay", () => {
    const messages = [
      message(0, [0, 0], { batchContext: inTransaction("7", 0) }),
      message(1, [1, 1], { batchContext: inTransaction("8", 1) }),
      message(2, [2, 2]),
      message(3, [3, 3], { batchContext: inTransaction("7", 3), isControlRecord: true, key: marker(0) }),
      message(4, [4, 4], { batchContext: inTransaction("7", 4) }),
      message(5, [5, 5], { batchContext: inTransaction("8", 5), isControlRecord: true, key: marker(1) }),
    ];
    const batch = toBatch(
      target,
      0,
      fetched(messages, { abortedTransactions: [{ producerId: "7", firstOffset: "0" }] }),
    );
    expect(batch.records.map(({ offset }) => offset)).toEqual([1, 2, 4]);
    expect(batch.nextOffset).toBe(6);
  });
});

describe("a record on its way", () => {
  it("headers keep their names, values and the order of values of one name", () => {
    const headers = [
      ["a", new Uint8Array([1])],
      ["__proto__", new Uint8Array([2])],
      ["a", new Uint8Array([3])],
      ["empty", new Uint8Array()],
    ] as const;
    const back = fromKafkaHeaders(toKafkaHeaders(headers)).map(([name, value]) => [name, [...value]]);
    expect(back).toEqual([
      ["a", [1]],
      ["a", [3]],
      ["__proto__", [2]],
      ["empty", []],
    ]);
  });

  it("bytes that are a part of something larger go alone", () => {
    const value = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    const record = { key: null, value, headers: [["h", value]] as const, timestampMs: 1 };
    expect(toMessage(record).value).toEqual(Buffer.from([1, 2]));
    expect(payloadBytes(record)).toBe(5);
  });
});
