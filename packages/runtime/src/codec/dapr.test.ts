import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partitionOf } from "../key/partitioner.js";
import { decodeRecord } from "./decode.js";
import { header } from "./headers.js";
import { codeExecuted, executed } from "./test-topic.js";

interface Captured {
  readonly how: string;
  readonly partition: number;
  readonly partitions: number;
  readonly key: string | null;
  readonly headers: { readonly [name: string]: string };
  readonly value: string;
}

const { records } = JSON.parse(readFileSync(new URL("../../fixtures/dapr-records.json", import.meta.url), "utf8")) as {
  readonly records: readonly Captured[];
};

/** What each captured record is, in the order of the file. */
const expected = [
  ["structured", []],
  "key_missing",
  "key_missing",
  ["structured", ["data_in_string"]],
  ["plain", []],
  ["structured", []],
  ["structured", ["wrapped_twice"]],
  ["structured", []],
  ["structured", []],
  ["structured", []],
  "key_mismatch",
  ["structured", []],
  ["structured", []],
  ["structured", []],
  ["structured", ["data_in_string"]],
  ["structured", []],
  "key_mismatch",
  ["plain", []],
  ["structured", []],
] as const;

const decode = (record: Captured) =>
  decodeRecord(
    {
      key: record.key === null ? null : Buffer.from(record.key),
      value: Buffer.from(record.value),
      headers: Object.entries(record.headers).map(([name, text]) => header(name, text)),
    },
    codeExecuted,
  );

describe("a record that a Dapr sidecar wrote", () => {
  it("is one of the known ways to publish", () => {
    expect(records).toHaveLength(expected.length);
  });

  records.forEach((record, index) => {
    const outcome = expected[index];
    const said = typeof outcome === "string" ? `is refused as ${outcome}` : `is read as ${outcome?.[0]}`;

    it(`${said}: ${record.how} (${index})`, () => {
      const decoded = decode(record);
      if (decoded.kind === "failure") {
        expect(decoded.code).toBe(outcome);
        return;
      }
      expect([decoded.form, decoded.warnings]).toEqual(outcome);
      expect(decoded).toMatchObject({
        messageName: "codeExecuted",
        payload: executed,
        key: "42",
        id: executed.event_id,
        type: "code.executed",
        timeMs: Date.parse(executed.timestamp),
        correlationId: executed.correlation_id,
      });
    });
  });

  it("lies where the contract's partitioner puts its key, unless the publisher named a partition", () => {
    const keyed = records.filter((record) => record.key !== null && !("partitionNumber" in record.headers));
    expect(keyed.length).toBeGreaterThan(10);
    for (const { key, partition, partitions, how } of keyed) {
      expect([how, partitionOf("fnv1a", Buffer.from(key ?? ""), partitions)]).toEqual([how, partition]);
    }
  });

  it("hands on the trace context and the source", () => {
    const traced = records.find((record) => "cloudevent.source" in record.headers);
    expect(traced && decode(traced)).toMatchObject({
      source: "sandbox-py",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    });
  });
});
