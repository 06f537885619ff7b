const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The text that was read last: events of one moment say the same. */
let last: { readonly text: string; readonly ms: number | null } = { text: "", ms: null };

/** An RFC 3339 date-time as milliseconds since 1970, or null for anything else. A leap second counts as the next second. */
export function dateTimeMs(text: string): number | null {
  if (text !== last.text) last = { text, ms: read(text) };
  return last.ms;
}

function read(text: string): number | null {
  const upper = text.toUpperCase();
  if (!dateTime.test(upper)) return null;
  const leap = upper.slice(17, 19) === "60";
  const ms = Date.parse(leap ? `${upper.slice(0, 17)}59${upper.slice(19)}` : upper);
  if (Number.isNaN(ms)) return null;
  return leap ? ms + 1000 : ms;
}

let lastMs = Number.NaN;
let lastText = "";

/** Milliseconds since 1970 as an RFC 3339 date-time in UTC. */
export function dateTimeText(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
