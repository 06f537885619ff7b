import { expect, test } from "vitest";
import { KeylineError } from "../errors.js";
import { deadLetterRequest } from "./dead-letter.js";

const hostile = '{"a": \u001b[2J\n\u009b1m\u2028\u202e';

test("what a record says reaches no header of its dead letter as it is", () => {
  const value = Buffer.from(hostile);
  const error = new KeylineError("payload_invalid", `cannot read it: ${hostile}`, { issues: [hostile] });
  expect([error.message, error.rawMessage, ...error.issues].join("")).toMatch(/^[^\p{Cc}\u2028\u202e]*$/u);
  const record = { topic: "t", partition: 0, offset: 7, key: null, value, headers: [], timestampMs: 0 };
  const letter = { record, error, groupId: "g", attempts: 1, firstAtMs: 0, lastAtMs: 0 };
  const { headers, value: kept } = deadLetterRequest(letter, 1_000_000);
  const message = Buffer.from(headers.find(([name]) => name === "keyline-error-message")?.[1] ?? []).toString();
  expect(message).toContain("\\u001b[2J\\u000a");
  for (const [, content] of headers) expect(Buffer.from(content).toString()).toMatch(/^[^\p{Cc}\u2028\u202e]*$/u);
  expect(kept).toEqual(value);
});

test("an error that is turned into one of Keyline's keeps its own text as the cause alone", () => {
  const error = KeylineError.from(new Error(hostile), "handler_failed", "the handler threw");
  expect(error.message).toContain('the handler threw: {"a": \\u001b[2J\\u000a');
  expect((error.cause as Error).message).toBe(hostile);
});
