import { expect, test } from "vitest";
import { decodeRecord } from "./decode.js";
import type { DecodedEvent } from "./decoded.js";
import { encodeEvent } from "./encode.js";
import { header } from "./headers.js";
import { codeExecuted, executed, studentMessage, testTopic } from "./test-topic.js";
import { passedOn } from "./trace.js";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const topic = testTopic(codeExecuted.messages, { wire: "plain" });
const message = codeExecuted.messages.codeExecuted ?? studentMessage("missing");

/** What an event with these headers passes on. */
function passedOnOf(trace: Readonly<Record<string, string>>, of = topic) {
  const { key, value } = encodeEvent({
    ...{ topic: of, message, payload: executed, key: "42", id: executed.event_id, source: "sandbox" },
  });
  const headers = Object.entries(trace).map(([name, text]) => header(name, text));
  const record = { key, value, headers };
  return passedOn(decodeRecord(record, of) as DecodedEvent, headers);
}

test("a trace is passed on as it came", () => {
  const trace = { traceparent, tracestate: "vendor=1,other=2", baggage: "tenant=blue;level=1,user=%C3%A4" };
  expect(passedOnOf(trace)).toEqual(trace);
  expect(passedOnOf(trace, codeExecuted)).toEqual(trace);
  expect(passedOnOf({ traceparent })).toEqual({ traceparent });
  expect(passedOnOf({ baggage: "tenant=blue" })).toEqual({ baggage: "tenant=blue" });
  expect(passedOnOf({})).toBeNull();
});

test.each(["", "00-0af7651916cd43dd8448eb211c80319c", traceparent.toUpperCase(), `${traceparent}\r\nx: y`])(
  "what is not a valid trace context goes no further, nor does its state: %j",
  (malformed) => {
    expect(passedOnOf({ traceparent: malformed, tracestate: "vendor=1" })).toBeNull();
    expect(passedOnOf({ traceparent: malformed, baggage: "tenant=blue" })).toEqual({ baggage: "tenant=blue" });
  },
);

test("what is too long, or no text of a header, goes no further: it would be stored", () => {
  expect(passedOnOf({ traceparent, tracestate: `vendor=${"1".repeat(600)}` })).toEqual({ traceparent });
  expect(passedOnOf({ traceparent, baggage: `tenant=${"1".repeat(9000)}` })).toEqual({ traceparent });
  expect(passedOnOf({ traceparent, baggage: "tenant=blue\n" })).toEqual({ traceparent });
});
