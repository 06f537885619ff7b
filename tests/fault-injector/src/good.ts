import type { ProducerRecord } from "@keyline/runtime/transport";
import { cloudEvent } from "./event.js";
import { good, type Material } from "./faults.js";
import { bytesOf, headersOf, json, structured } from "./record.js";

type Written = Omit<ProducerRecord, "timestampMs">;

/** Records that look unusual and have nothing wrong with them: an audit that reports one cries wolf. */
const unusual: readonly ((material: Material) => Written)[] = [
  // As Dapr writes: no content type, its metadata as headers.
  ({ event, key }) => ({
    key: bytesOf(key),
    value: json(cloudEvent("editor", event, { pubsubname: "kafka", topic: event.event_type, traceid: "" })),
    headers: headersOf({ partitionKey: key }),
  }),
  ({ event, key }) => ({ key: bytesOf(key), value: json(event), headers: [] }),
  ({ event, key }) => ({
    ...{ key: bytesOf(key), value: json(event) },
    headers: headersOf({
      ...{ ce_specversion: "1.0", ce_id: event.event_id, ce_source: "grader", ce_type: event.event_type },
      "content-type": "application/json",
    }),
  }),
  // A cause on another cluster says nothing about this one.
  (material) => ({
    ...good(material),
    headers: headersOf({ ...structured, "keyline-after": "code.submitted/3@999999999", "keyline-cluster": "mirror" }),
  }),
  // A newer contract's field, and more white space than needed.
  ({ event, key, source }) => ({
    ...{ key: bytesOf(key), headers: headersOf(structured) },
    value: bytesOf(JSON.stringify(cloudEvent(source, { ...event, payload: { ...event.payload, hint: 1 } }), null, 2)),
  }),
];

/** A good record; one in five is an unusual one. */
export function anyGood(material: Material): Written {
  const choice = material.random.below(unusual.length * 5);
  return (unusual[choice] ?? good)(material);
}
