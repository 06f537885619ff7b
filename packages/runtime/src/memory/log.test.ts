import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryLog } from "./log.js";
import { record, texts } from "./test-member.js";
import { createMemoryTopics } from "./topics.js";

const everything = { records: 1000, bytes: 2 ** 30 };
const range = (code: string) => expect.objectContaining({ code });

describe("a log", () => {
  it("whatever happens to it is read in order, from its start to its end, by batches of any size", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("append" as const), by: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constantFrom("delete", "truncate", "skip", "remove"), by: fc.nat(12) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, size) => {
        const log = createMemoryLog("t", 0);
        let model = new Map<number, string>();
        let [start, end] = [0, 0];
        const keep = (from: number, to: number) => {
          model = new Map([...model].filter(([offset]) => offset >= from && offset < to));
        };
        for (const [index, { kind, by }] of steps.entries()) {
          if (kind === "append") {
            const added = Array.from({ length: by }, (_, at) => `${index}.${at}`);
            expect(log.append(added.map((text) => record(text)))).toBe(end);
            for (const text of added) model.set(end++, text);
          } else if (kind === "delete") {
            start = Math.max(start, Math.min(by, end));
            log.deleteBefore(by);
          } else if (kind === "truncate") {
            end = Math.max(start, Math.min(by, end));
            log.truncate(by);
          } else if (kind === "skip") {
            end += by;
            log.skip(by);
          } else {
            model.delete(by);
            log.remove([by]);
          }
          keep(start, end);
        }
        expect(log.range()).toEqual({ start, end });
        const read: [number, string][] = [];
        for (let from = start; from < end; ) {
          const batch = log.read(from, { records: size, bytes: 2 ** 30 });
          expect(batch.nextOffset).toBeGreaterThan(from);
          expect(batch.logEnd).toBe(end);
          for (const one of batch.records) read.push([one.offset, texts([one])[0] ?? ""]);
          from = batch.nextOffset;
        }
        expect(read).toEqual([...model]);
      }),
    );
  });

  it("reads no further than it is asked to", () => {
    const log = createMemoryLog("t", 0);
    log.append(["a", "b", "c", "d"].map((text) => record(text)));
    const batch = log.read(1, { ...everything, to: 3 });
    expect([texts(batch.records), batch.nextOffset]).toEqual([["b", "c"], 3]);
    expect(log.read(0, { records: 10, bytes: 1 }).records).toHaveLength(1);
  });

  it("refuses offsets that it does not have, and says which are gone", () => {
    const log = createMemoryLog("t", 3);
    log.append([record("a"), record("b"), record("c")]);
    log.deleteBefore(2);
    expect(() => log.read(0, everything)).toThrow(range("offset_out_of_range"));
    expect(() => log.read(0, everything)).toThrow(
      "cannot read t/3 from 0: the log holds 2 to 3, offsets 0 to 1 were deleted",
    );
    expect(() => log.read(4, everything)).toThrow("cut off or recreated");
    expect(log.read(3, everything).records).toEqual([]);
  });

  it("finds the first offset at or after a time", () => {
    const log = createMemoryLog("t", 0);
    log.append([5, 3, 9].map((timestampMs) => ({ ...record("x"), timestampMs })));
    expect([0, 6, 10].map((time) => log.offsetAtTime(time))).toEqual([0, 2, 3]);
  });

  it("knows a producer's latest batches again, and refuses one that leaves others out", () => {
    const log = createMemoryLog("t", 0);
    const append = (sequence: number) => log.append([record("x")], { producerId: 1, sequence });
    expect([0, 1, 2, 3, 4].map(append)).toEqual([0, 1, 2, 3, 4]);
    expect([0, 4].map(append)).toEqual([0, 4]);
    expect(() => append(6)).toThrow(range("outcome_unknown"));
    expect(log.range().end).toBe(5);
  });
});

describe("memory", () => {
  const big = { ...record(""), value: Buffer.alloc(1000) };

  it("of a topic is bounded by its retention, oldest records first", () => {
    const topics = createMemoryTopics(2 ** 30);
    topics.create("t", { partitions: 1, retentionBytes: 20_000 });
    const log = topics.log({ topic: "t", partition: 0 });
    for (let index = 0; index < 100; index += 1) {
      log.append([big]);
      topics.trim(log);
      expect(log.bytes()).toBeLessThanOrEqual(20_000);
    }
    expect(log.range().end).toBe(100);
    expect(log.records().at(-1)?.offset).toBe(99);
    expect(log.range().start).toBe(log.records()[0]?.offset);
  });

  it("of all topics together is bounded, the largest log losing the most", () => {
    const topics = createMemoryTopics(1_000_000);
    topics.create("small", { partitions: 1 });
    topics.create("large", { partitions: 2 });
    const small = topics.log({ topic: "small", partition: 0 });
    small.append([big]);
    for (let index = 0; index < 5_000; index += 1) {
      const log = topics.log({ topic: "large", partition: index % 2 });
      log.append([big]);
      topics.trim(log);
    }
    const total = topics.logs("large").reduce((sum, log) => sum + log.bytes(), 0);
    expect(total).toBeLessThan(1_500_000);
    expect(total).toBeGreaterThan(300_000);
    expect(small.range().start).toBe(0);
  });
});

describe("creating a topic", () => {
  it.each([
    ["t", 0],
    ["t", 1.5],
    ["", 1],
    ["..", 1],
    ["a b", 1],
    ["there", 1],
  ])("%j with %s partitions is refused", (name, partitions) => {
    const topics = createMemoryTopics(1);
    topics.create("there", { partitions: 1 });
    expect(() => topics.create(name, { partitions })).toThrow(range("options_invalid"));
  });
});
