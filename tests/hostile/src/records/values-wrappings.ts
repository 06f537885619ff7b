import fc from "fast-check";
import type { Event } from "./event.js";
import type { Part } from "./part.js";
import { badValue, oddValue, type Value } from "./value.js";

const structured = { "content-type": "application/cloudevents+json; charset=UTF-8" };
const binary = { ce_specversion: "1.0", ce_id: "1", ce_source: "/hostile", ce_type: "com.dapr.event.sent" };

/** CloudEvents, and what Dapr makes of them, whole or broken in each way. */
export function wrappings(event: Event): fc.Arbitrary<Part<Value>> {
  const attributes = { specversion: "1.0", id: "1", source: "/hostile", type: event.event_type };
  const whole = { ...attributes, datacontenttype: "application/json", data: event };
  const without = (name: keyof typeof whole) => ({ ...whole, [name]: undefined });
  const plain = JSON.stringify(event);
  const json = (value: unknown) => JSON.stringify(value);
  const base64 = Buffer.from(plain).toString("base64");
  return fc.constantFrom(
    ...[
      oddValue("a CloudEvent", json(whole), structured),
      oddValue("a CloudEvent without its header", json(whole)),
      oddValue("a CloudEvent in a CloudEvent", json({ ...whole, data: whole }), structured),
      oddValue("a CloudEvent with another partition key", json({ ...whole, partitionkey: "0" }), structured),
      oddValue(
        "a CloudEvent with data in a string",
        json({ ...whole, datacontenttype: "text/plain", data: plain }),
        structured,
      ),
      oddValue("a CloudEvent with data in base64", json({ ...attributes, data_base64: base64 }), structured),
      oddValue("a CloudEvent of a type of its own", json({ ...whole, type: "x".repeat(5000) }), structured),
      oddValue(
        "a CloudEvent with odd attributes",
        json({ ...whole, time: 7, traceparent: {}, partitionkey: [] }),
        structured,
      ),
      oddValue("a binary CloudEvent", plain, binary),
      oddValue("a binary CloudEvent of another content type", plain, { ...binary, "content-type": "application/avro" }),
      oddValue("three attributes of a binary CloudEvent", plain, { ...binary, ce_type: "" }),
      badValue(
        "a CloudEvent in three",
        json({ ...whole, data: { ...whole, data: whole } }),
        "payload_invalid",
        structured,
      ),
      badValue("a CloudEvent with JSON in a string", json({ ...whole, data: plain }), "payload_invalid", structured),
      badValue("a CloudEvent with data of no type", json({ ...whole, data: null }), "payload_invalid", structured),
      badValue("a CloudEvent with an array", json({ ...whole, data: [event] }), "payload_invalid"),
      badValue("a CloudEvent of version 0.3", json({ ...whole, specversion: "0.3" }), "record_malformed"),
      badValue("a CloudEvent with data twice", json({ ...whole, data_base64: base64 }), "record_malformed"),
      badValue("what is not valid base64", json({ ...attributes, data_base64: "!!!" }), "record_malformed"),
      badValue("base64 of what is not JSON", json({ ...attributes, data_base64: "AAAA" }), "record_not_json"),
      badValue("a batch of CloudEvents", json([whole]), "record_malformed", {
        "content-type": "application/cloudevents-batch+json",
      }),
      badValue("a CloudEvent in Avro", json(whole), "record_malformed", {
        "content-type": "application/cloudevents+avro",
      }),
      badValue("a plain event that claims to be wrapped", plain, "record_malformed", structured),
      badValue("a text that claims to be wrapped", '"text"', "record_malformed", structured),
      badValue("a binary CloudEvent around another", json(whole), "payload_invalid", binary),
      badValue("a binary CloudEvent without JSON", "text", "record_not_json", binary),
      ...(["specversion", "id", "source", "type", "data"] as const).flatMap((name) => [
        badValue(`a CloudEvent without ${name}`, json(without(name)), "record_malformed", structured),
        badValue(`what is not a CloudEvent, for want of ${name}`, json(without(name)), "payload_invalid"),
      ]),
      ...(["specversion", "id", "source", "type"] as const).map((name) =>
        badValue(
          `a CloudEvent whose ${name} is an object`,
          json({ ...whole, [name]: {} }),
          "record_malformed",
          structured,
        ),
      ),
    ],
  );
}
