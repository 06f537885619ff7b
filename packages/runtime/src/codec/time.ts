const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** An RFC 3339 date-time as milliseconds since 1970, or null for anything else. A leap second counts as the next second. */
export function dateTimeMs(text: string): number | null {
  const upper = text.toUpperCase();
  if (!dateTime.test(upper)) return null;
  const leap = upper.slice(17, 19) === "60";
  const ms = Date.parse(leap ? `${upper.slice(0, 17)}59${upper.slice(19)}` : upper);
  if (Number.isNaN(ms)) return null;
  return leap ? ms + 1000 : ms;
}
