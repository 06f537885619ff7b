import type { Evidence } from "./state.js";

const mostFields = 12;
const mostCharacters = 200;

/** What is shown of an alert's `trigger_data`, which any producer may fill with anything. */
export function evidenceOf(data: object): Evidence {
  const fields: [string, string | number | boolean][] = [];
  for (const [name, value] of Object.entries<unknown>({ ...data })) {
    if (fields.length === mostFields) break;
    if (typeof value === "string") fields.push([clipped(name), clipped(value)]);
    else if (typeof value === "number" || typeof value === "boolean") fields.push([clipped(name), value]);
  }
  return Object.fromEntries(fields);
}

/** Cut between characters, not inside of one. */
function clipped(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, "")}…`;
}
