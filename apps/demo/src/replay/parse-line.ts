/** A line of a recording. */
export interface RecordedLine {
  readonly topic: string;
  readonly value: unknown;
}

/** Why a line is not a valid event. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

// Takes a byte order mark off, and refuses bytes that are not valid UTF-8.
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a line; null for a blank one. */
export function parseLine(line: Uint8Array): RecordedLine | Refusal | null {
  let parsed: unknown;
  try {
    const text = decoder.decode(line);
    if (text.trim() === "") return null;
    parsed = JSON.parse(text);
  } catch (caught) {
    return refusal("record_not_json", `the line is not JSON: ${caught instanceof Error ? caught.message : caught}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return refusal("record_malformed", 'the line is not an object with "topic" and "value"');
  }
  const { topic, value } = parsed as { topic?: unknown; value?: unknown };
  if (typeof topic !== "string") return refusal("record_malformed", 'the line has no text as its "topic"');
  if (value === null) return refusal("record_null", "the event has no value");
  if (value === undefined) return refusal("record_malformed", 'the line has no "value"');
  return { topic, value };
}

export function isRefusal(line: RecordedLine | Refusal): line is Refusal {
  return "code" in line;
}

function refusal(code: string, message: string): Refusal {
  return { code, message };
}
