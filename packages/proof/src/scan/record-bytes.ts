import type { ConsumerRecord } from "@keyline/runtime/transport";

/** Bytes of a record's key, value and headers. */
export function recordBytes({ key, value, headers }: ConsumerRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  return bytes;
}
