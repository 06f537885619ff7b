import type { Headers } from "../ports/transport.js";

/** Names of the headers that Keyline writes and reads. */
export const headerNames = {
  /** The contract's name of the message. */
  message: "keyline-message",
  /** What the event comes after, see `parseAfter`. */
  after: "keyline-after",
  /** The id of the cluster that the positions of `keyline-after` are of. */
  cluster: "keyline-cluster",
  /** For which group a dead letter was sent again, see `parseRedelivery`. */
  redelivery: "keyline-redelivery",
  /** Which dead letter is settled, see `parseSettled`. */
  settled: "keyline-settled",
  contentType: "content-type",
  traceparent: "traceparent",
  tracestate: "tracestate",
  baggage: "baggage",
} as const;

/** The header's last value as UTF-8, or null when it is absent. Bytes that are not valid UTF-8 become replacement characters. */
export function headerText(headers: Headers, name: string): string | null {
  for (let at = headers.length - 1; at >= 0; at -= 1) {
    const header = headers[at];
    if (header && header[0] === name) return knownTextOf(name, header[1]);
  }
  return null;
}

/**
 * The value of each header that was read last: transports hand out the same bytes for what a batch's records share.
 *
 * Invariant: `text` is the text of `bytes`, which no transport writes to again.
 */
const latest = new Map<string, { bytes: Uint8Array; text: string }>();

function knownTextOf(name: string, bytes: Uint8Array): string {
  const known = latest.get(name);
  if (known?.bytes === bytes) return known.text;
  const text = textOf(bytes);
  if (known) {
    known.bytes = bytes;
    known.text = text;
  } else latest.set(name, { bytes, text });
  return text;
}

/** A header with a text value. */
export function header(name: string, text: string): readonly [string, Uint8Array] {
  return [name, Buffer.from(text, "utf8")];
}

/** Bytes as UTF-8 text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes)
    ? bytes.toString("utf8")
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
