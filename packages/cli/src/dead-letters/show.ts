import type { ConsumerRecord } from "@keyline/runtime/transport";
import { printable } from "../report/frame.js";

/** What is shown of a header or a payload at most. */
const longest = 2000;

/** Headers that `letterText` has told already. */
const told = new Set(
  ["code", "message", "group", "topic", "partition", "offset", "attempts", "last-at"].map(
    (name) => `keyline-error-${name}`,
  ),
);

/** A letter's headers, and its payload where asked for: the letter's, or the source's where that was left out. */
export function recordText(record: ConsumerRecord | null, source: ConsumerRecord | null, showPayload: boolean): string {
  if (!record) return "  it is no longer in the log\n";
  const headers = headersOf(record)
    .filter(([name]) => !told.has(name))
    .map(([name, text]) => `  ${printable(name)}: ${printable(clip(text))}\n`);
  const where = source ? "the source still has its record" : "the source no longer has its record";
  const payload = showPayload ? `  ${printable(clip(payloadOf(record, source) ?? "no value"))}\n` : "";
  return `${headers.join("")}  ${where}\n${payload}`;
}

export const recordJson = (record: ConsumerRecord | null, source: ConsumerRecord | null, showPayload: boolean) => ({
  headers: record && headersOf(record),
  sourceExists: source !== null,
  ...(showPayload && record ? { payload: payloadOf(record, source) } : {}),
});

const headersOf = ({ headers }: ConsumerRecord) =>
  headers.map(([name, value]) => [name, Buffer.from(value).toString("utf8")] as const);

function payloadOf(record: ConsumerRecord, source: ConsumerRecord | null): string | null {
  const value = record.value ?? source?.value ?? null;
  return value === null ? null : Buffer.from(value).toString("utf8");
}

const clip = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
