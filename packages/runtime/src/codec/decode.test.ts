import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import type { Headers } from "../ports/transport.js";
import { decodeRecord } from "./decode.js";
import { header } from "./headers.js";
import { codeExecuted, executed, studentMessage, testTopic } from "./test-topic.js";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const decode = (
  value: unknown,
  options: { readonly key?: string | null; readonly headers?: Headers; readonly topic?: TopicDescriptor } = {},
) => {
  const { key = "42", headers = [], topic = codeExecuted } = options;
  return decodeRecord(
    {
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : value instanceof Uint8Array ? value : bytes(value),
      headers,
    },
    topic,
  );
};
const code = (...args: Parameters<typeof decode>) => {
  const decoded = decode(...args);
  return decoded.kind === "failure" ? decoded.code : decoded.form;
};
const cloudEvent = { specversion: "1.0", id: "ce-1", source: "sandbox", type: "code.executed", data: executed };
const structured = [header("content-type", "Application/CloudEvents+JSON; charset=UTF-8")];
const binary = ["specversion", "id", "source", "type"].map((name) =>
  header(`ce_${name}`, name === "specversion" ? "1.0" : `b-${name}`),
);

describe("a record that is not a valid event", () => {
  it.each([
    ["no value", null, "record_null"],
    ["an empty value", new Uint8Array(0), "record_not_json"],
    ["bytes that are not valid UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "record_not_json"],
    ["text that is no JSON", "{'student_id': 42}", "record_not_json"],
    ["JSON cut short", JSON.stringify(executed).slice(0, -1), "record_not_json"],
    ["a JSON null", "null", "payload_invalid"],
    ["a JSON array", "[]", "payload_invalid"],
    ["a missing field", { ...executed, correlation_id: undefined }, "payload_invalid"],
    ["another event type", { ...executed, event_type: "code.submitted" }, "event_type_mismatch"],
    ["a student id of text", { ...executed, student_id: "42" }, "payload_invalid"],
    ["a fractional student id", { ...executed, student_id: 1.5 }, "payload_invalid"],
    ["a huge student id", '{"student_id":1e400}', "payload_invalid"],
    ["a key that the schema lets through and that is none", { ...executed, student_id: -1 }, "key_invalid"],
  ])("with %s is refused", (_, value, expected) => {
    expect(code(value)).toBe(expected);
  });

  it("says each field that is wrong", () => {
    expect(decode({ ...executed, payload: { success: "no" } })).toMatchObject({
      code: "payload_invalid",
      message: expect.stringMatching(/ does not match its schema: payload\.submission_id: .+; payload\.success: .+/),
      issues: [expect.stringMatching(/^payload\.submission_id: /), expect.stringMatching(/^payload\.success: /)],
    });
  });

  it("nested deeper than a recursive schema can follow is refused, not thrown", () => {
    interface Nested {
      readonly a?: Nested | undefined;
    }
    const nested: z.ZodType<Nested> = z.lazy(() => z.looseObject({ a: nested.optional() }));
    const topic = testTopic({ deep: { ...studentMessage("deep"), schema: nested, type: null } });
    expect(code(`${'{"a":'.repeat(100_000)}{}${"}".repeat(100_000)}`, { topic })).toBe("payload_invalid");
  });
});

describe("the key of a record", () => {
  it.each([
    [null, "key_missing"],
    ["", "key_mismatch"],
    ["43", "key_mismatch"],
    ["042", "key_mismatch"],
    ["42.0", "key_mismatch"],
    ["None", "key_mismatch"],
    ["42", "plain"],
  ])("%j for student 42: %s", (key, expected) => {
    expect(code(executed, { key })).toBe(expected);
  });

  it("is compared by bytes", () => {
    const domain = codeExecuted.domain && { ...codeExecuted.domain, keyType: "string" as const };
    const message = { ...studentMessage("x"), schema: z.unknown(), type: null, key: ["k"] };
    const topic = testTopic({ x: message }, { domain });
    const record = (key: Uint8Array) => decodeRecord({ key, value: bytes({ k: "\ufffd" }), headers: [] }, topic);
    expect(record(Uint8Array.of(0xff))).toMatchObject({ code: "key_mismatch" });
    expect(record(Buffer.from("\ufffd"))).toMatchObject({ key: "\ufffd" });
  });

  it("is written with its digits whatever the JSON number looks like", () => {
    expect(code(JSON.stringify(executed).replace(":42,", ":4.2e1,"))).toBe("plain");
  });

  it("spelt otherwise in a header or an attribute is a warning", () => {
    expect(decode({ ...cloudEvent, partitionkey: "7" }, { headers: [header("partitionKey", "43")] })).toMatchObject({
      kind: "event",
      warnings: ["key_attribute_differs", "key_header_differs"],
    });
  });

  it("does not matter on an unkeyed topic", () => {
    const topic = testTopic({ x: { ...studentMessage("code.executed"), key: null } }, { domain: null });
    expect(decode(executed, { key: null, topic })).toMatchObject({ kind: "event", key: null });
  });
});

describe("a structured CloudEvent", () => {
  it("is known by its header", () => {
    expect(decode(cloudEvent, { headers: structured })).toMatchObject({ form: "structured", source: "sandbox" });
  });

  it("is known by its shape", () => {
    expect(decode(cloudEvent)).toMatchObject({ form: "structured", payload: executed });
  });

  it.each([
    ["no id", { ...cloudEvent, id: undefined }],
    ["an empty source", { ...cloudEvent, source: "" }],
    ["a type that is not text", { ...cloudEvent, type: 7 }],
    ["no data", { ...cloudEvent, data: undefined }],
    ["two data", { ...cloudEvent, data_base64: "e30=" }],
    ["an old version", { ...cloudEvent, specversion: "0.3" }],
    ["an array", [cloudEvent]],
  ])("by its header, with %s, is malformed", (_, value) => {
    expect(code(value, { headers: structured })).toBe("record_malformed");
  });

  it.each(["application/cloudevents-batch+json", "application/cloudevents+avro"])("as %s is malformed", (type) => {
    expect(code([cloudEvent], { headers: [header("content-type", type)] })).toBe("record_malformed");
  });

  it("gives its id and time where the payload has none", () => {
    const { event_id: _, ...payload } = executed;
    const message: MessageDescriptor = { ...studentMessage("code.executed"), time: null };
    expect(
      decode({ ...cloudEvent, time: "2026-11-23T09:00:00+01:00", data: payload }, { topic: testTopic({ message }) }),
    ).toMatchObject({ id: "ce-1", timeMs: Date.parse("2026-11-23T08:00:00Z") });
  });

  it("of another type is read by its payload, with a warning", () => {
    expect(decode({ ...cloudEvent, type: "code.submitted" })).toMatchObject({
      type: "code.executed",
      warnings: ["event_type_mismatch"],
    });
  });

  it.each([
    ["characters that are no base64", "e30=!", "record_malformed"],
    ["a number", 7, "record_malformed"],
    ["base64 of what is no JSON", Buffer.from("nope").toString("base64"), "record_not_json"],
    ["base64 of another JSON", Buffer.from("{}").toString("base64"), "payload_invalid"],
    ["base64 of the payload", bytes(executed).toString("base64"), "structured"],
  ])("with %s as data_base64", (_, data_base64, expected) => {
    expect(code({ ...cloudEvent, data: undefined, data_base64 })).toBe(expected);
  });

  it("with JSON in a string that says it is JSON is taken at its word", () => {
    const value = { ...cloudEvent, datacontenttype: "application/json", data: JSON.stringify(executed) };
    expect(code(value)).toBe("payload_invalid");
    expect(code({ ...value, datacontenttype: "text/plain; charset=utf-8" })).toBe("structured");
  });

  it("is unwrapped twice and no more", () => {
    const twice = { ...cloudEvent, data: cloudEvent };
    expect(decode(twice)).toMatchObject({ kind: "event", warnings: ["wrapped_twice"] });
    expect(code({ ...cloudEvent, data: twice })).toBe("payload_invalid");
  });

  it("on a plain topic whose payload it is stays whole", () => {
    const schema = z.looseObject({ specversion: z.string(), data: z.looseObject({}) });
    const message = { ...studentMessage("x"), schema, key: ["data", "student_id"], type: null };
    const topic = testTopic({ message }, { wire: "plain" });
    expect(decode(cloudEvent, { topic, headers: structured })).toMatchObject({ form: "plain", payload: cloudEvent });
    expect(decode(cloudEvent, { topic: testTopic(codeExecuted.messages, { wire: "plain" }) })).toMatchObject({
      form: "structured",
    });
  });
});

it("a CloudEvent whose payload is a CloudEvent by its contract is unwrapped once", () => {
  const schema = z.looseObject({ specversion: z.string(), data: z.looseObject({}) });
  const message = { ...studentMessage("x"), schema, key: ["data", "student_id"], type: null };
  expect(decode({ ...cloudEvent, data: cloudEvent }, { topic: testTopic({ message }) })).toMatchObject({
    payload: cloudEvent,
    warnings: ["event_type_mismatch"],
  });
});

it("a CloudEvent on a plain topic whose schema accepts anything is unwrapped", () => {
  const message = { ...studentMessage("x"), schema: z.unknown(), key: null, type: null };
  const topic = testTopic({ message }, { wire: "plain", domain: null });
  expect(decode(cloudEvent, { topic })).toMatchObject({ form: "structured", payload: executed });
  expect(decode({ any: "thing" }, { topic })).toMatchObject({ form: "plain", payload: { any: "thing" } });
});

describe("a binary CloudEvent", () => {
  it("is known by its headers", () => {
    expect(decode(executed, { headers: [...binary, header("content-type", "application/json")] })).toMatchObject({
      form: "binary",
      source: "b-source",
      payload: executed,
      warnings: ["event_type_mismatch"],
    });
  });

  it("that lacks a required header is a plain event", () => {
    expect(code(executed, { headers: binary.slice(1) })).toBe("plain");
  });

  it("whose content type is not JSON is read if its data is", () => {
    const headers = [...binary, header("content-type", "text/plain")];
    expect(decode(executed, { headers })).toMatchObject({
      form: "binary",
      warnings: ["content_type_not_json", "event_type_mismatch"],
    });
    expect(code("hello", { headers })).toBe("record_not_json");
  });
});

describe("odd JSON", () => {
  it("after a byte order mark is read, with a warning", () => {
    expect(decode(`\ufeff${JSON.stringify(executed)}`)).toMatchObject({ kind: "event", warnings: ["byte_order_mark"] });
  });

  it("with an integer that loses digits is read, with a warning; digits in text and behind a point are not meant", () => {
    const long = JSON.stringify({ ...executed, n: 0 }).replace('"n":0', '"n":9007199254740993');
    expect(decode(long)).toMatchObject({ kind: "event", warnings: ["integer_rounded"] });
    const short = JSON.stringify({
      ...executed,
      n: 9007199254740991,
      text: "9007199254740993",
      half: 0.12345678901234566,
    });
    expect(decode(short)).toMatchObject({ kind: "event", warnings: [] });
  });

  it("with a name twice counts the last, for the key too", () => {
    const value = JSON.stringify(executed).replace('"student_id":42', '"student_id":42,"student_id":43');
    expect(code(value)).toBe("key_mismatch");
    expect(code(value, { key: "43" })).toBe("plain");
  });

  it("with names of prototypes changes nothing outside it", () => {
    const value = JSON.stringify(executed).replace(
      '"event_id"',
      '"__proto__":{"specversion":"1.0","polluted":1},"constructor":{},"event_id"',
    );
    expect(code(value)).toBe("plain");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ["1970-01-01T00:00:00Z", 0],
    ["9999-12-31T23:59:59.999Z", 253402300799999],
    ["2016-12-31T23:59:60Z", Date.parse("2017-01-01T00:00:00Z")],
    ["2026-11-23t08:00:00.123456z", Date.parse("2026-11-23T08:00:00.123Z")],
    ["yesterday", null],
    ["2026", null],
  ])("says as its time %s", (timestamp, timeMs) => {
    expect(decode({ ...executed, timestamp })).toMatchObject({ timeMs });
  });
});

describe("a topic of several messages", () => {
  const left = studentMessage("left", z.looseObject({ side: z.literal("left") }));
  const right = studentMessage("right", z.looseObject({ side: z.literal("right") }));
  const untyped = (message: MessageDescriptor, schema: z.ZodType): MessageDescriptor => ({
    ...message,
    type: null,
    schema,
  });
  const typed = testTopic({ turnLeft: left, turnRight: right });
  const event = (name: string) => ({ ...executed, event_type: name, payload: { side: name } });

  it("is read by the header", () => {
    expect(decode(event("right"), { topic: typed, headers: [header("keyline-message", "right")] })).toMatchObject({
      messageName: "turnRight",
    });
    expect(code(event("right"), { topic: typed, headers: [header("keyline-message", "left")] })).toBe(
      "event_type_mismatch",
    );
  });

  it("is not guessed when the header names no message", () => {
    expect(code(event("right"), { topic: typed, headers: [header("keyline-message", "up")] })).toBe(
      "message_ambiguous",
    );
  });

  it("is read by the CloudEvent's type before the payload's", () => {
    expect(code({ ...cloudEvent, type: "left", data: event("right") }, { topic: typed })).toBe("event_type_mismatch");
    expect(decode({ ...cloudEvent, type: "right", data: event("right") }, { topic: typed })).toMatchObject({
      messageName: "turnRight",
    });
  });

  it("is read by the payload's event type", () => {
    expect(decode(event("left"), { topic: typed })).toMatchObject({ messageName: "turnLeft" });
    expect(code({ ...event("left"), payload: {} }, { topic: typed })).toBe("payload_invalid");
  });

  it("of which two have one event type is read by their schemas", () => {
    const one = studentMessage("same", z.looseObject({ a: z.number() }));
    const topic = testTopic({
      one,
      other: { ...studentMessage("same", z.looseObject({ b: z.number() })), name: "other" },
    });
    const same = (payload: object) => ({ ...executed, event_type: "same", payload });
    expect(decode(same({ a: 1 }), { topic })).toMatchObject({ messageName: "one" });
    expect(decode(same({ b: 1 }), { topic })).toMatchObject({ messageName: "other" });
  });

  it("is read by the only schema that accepts it", () => {
    const topic = testTopic({
      a: untyped(left, z.looseObject({ a: z.number() })),
      b: untyped(right, z.looseObject({ b: z.number() })),
    });
    expect(decode({ student_id: 42, b: 1 }, { topic })).toMatchObject({ messageName: "b" });
    expect(decode({ student_id: 42, a: 1, b: 1 }, { topic })).toMatchObject({
      code: "message_ambiguous",
      issues: ["left", "right"],
    });
    expect(code({ student_id: 42 }, { topic })).toBe("message_ambiguous");
  });
});

describe("the correlation id", () => {
  it("is read from the header that the contract names", () => {
    const message: MessageDescriptor = {
      ...studentMessage("code.executed"),
      correlation: { in: "header", path: ["x-corr"] },
    };
    const topic = testTopic({ message });
    expect(decode(executed, { topic, headers: [header("x-corr", "c-1")] })).toMatchObject({ correlationId: "c-1" });
    expect(decode(executed, { topic })).toMatchObject({ correlationId: null });
  });
});
