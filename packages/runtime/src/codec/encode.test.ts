import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeRecord } from "./decode.js";
import { type EncodeInput, encodeEvent } from "./encode.js";
import { header, headerText } from "./headers.js";
import { codeExecuted, executed, studentMessage, testTopic } from "./test-topic.js";

const message = codeExecuted.messages.codeExecuted ?? studentMessage("missing");
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const encode = (input: Partial<EncodeInput> = {}) =>
  encodeEvent({
    topic: codeExecuted,
    message,
    payload: executed,
    key: "42",
    id: executed.event_id,
    source: "sandbox",
    ...input,
  });
const json = (value: Uint8Array | null): unknown => JSON.parse(Buffer.from(value ?? []).toString());

describe("an event of a CloudEvents topic", () => {
  it("is written structured, as every reader understands it", () => {
    const record = encode({ trace: { traceparent, tracestate: "vendor=1", baggage: "tenant=blue" } });
    expect(json(record.value)).toEqual({
      specversion: "1.0",
      id: executed.event_id,
      source: "sandbox",
      type: "code.executed",
      datacontenttype: "application/json",
      time: executed.timestamp,
      partitionkey: "42",
      traceparent,
      tracestate: "vendor=1",
      data: executed,
    });
    expect(record.headers.map(([name]) => [name, headerText(record.headers, name)])).toEqual([
      ["content-type", "application/cloudevents+json; charset=UTF-8"],
      ["keyline-message", "code.executed"],
      ["traceparent", traceparent],
      ["tracestate", "vendor=1"],
      ["baggage", "tenant=blue"],
    ]);
    expect(Buffer.from(record.key ?? []).toString()).toBe("42");
  });

  it("is read back as it was", () => {
    expect(decodeRecord(encode({ trace: { traceparent, tracestate: "vendor=1" } }), codeExecuted)).toEqual({
      kind: "event",
      message,
      messageName: "codeExecuted",
      payload: executed,
      key: "42",
      id: executed.event_id,
      type: "code.executed",
      timeMs: Date.parse(executed.timestamp),
      correlationId: executed.correlation_id,
      traceparent,
      tracestate: "vendor=1",
      source: "sandbox",
      form: "structured",
      warnings: [],
    });
  });

  it("leaves out a time that is no RFC 3339 and a key that there is none of", () => {
    const record = encode({ key: null, time: "1763884800" });
    expect(json(record.value)).not.toHaveProperty("time");
    expect(json(record.value)).not.toHaveProperty("partitionkey");
    expect(record.key).toBeNull();
  });
});

describe("an event of a plain topic", () => {
  const topic = testTopic(codeExecuted.messages, { wire: "plain" });

  it("is its payload", () => {
    const record = encode({ topic });
    expect(json(record.value)).toEqual(executed);
    expect(headerText(record.headers, "content-type")).toBeNull();
    expect(decodeRecord(record, topic)).toMatchObject({ kind: "event", form: "plain", payload: executed });
  });

  it("carries correlation id and further headers where the contract says", () => {
    const correlated = { ...message, correlation: { in: "header" as const, path: ["x-correlation"] } };
    const record = encode({
      topic,
      message: correlated,
      correlationId: "c-1",
      headers: [header("keyline-after", "a/0@1")],
    });
    expect(headerText(record.headers, "x-correlation")).toBe("c-1");
    expect(headerText(record.headers, "keyline-after")).toBe("a/0@1");
  });
});

it("an event that JSON cannot say is refused", () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  for (const payload of [loop, { big: 1n }]) {
    expect(() => encode({ payload })).toThrow(expect.objectContaining({ code: "payload_invalid" }));
  }
  const plain = testTopic({ x: { ...message, schema: z.unknown() } }, { wire: "plain" });
  expect(() => encode({ topic: plain, payload: undefined })).toThrow(/\[payload_invalid\]/);
});

describe("headerText", () => {
  const headers = [header("a", "1"), header("b", ""), header("a", "é")];

  it.each([
    ["a", "é"],
    ["b", ""],
    ["c", null],
    ["constructor", null],
  ])("of %s is the last value, %j", (name, text) => {
    expect(headerText(headers, name)).toBe(text);
  });

  it("reads a view into a larger buffer", () => {
    expect(headerText([["a", Buffer.from("xxabcxx").subarray(2, 5)]], "a")).toBe("abc");
  });
});
