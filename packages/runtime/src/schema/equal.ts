/** Whether two JSON values are the same: objects whatever the order of their fields, numbers by value. */
export function jsonEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && jsonEqual(at(one, name), at(other, name)));
}

const at = (value: object, name: string): unknown => (value as Record<string, unknown>)[name];

/** Whether no two items are the same. */
export function allDifferent(items: readonly unknown[]): boolean {
  const scalars = items.filter((item) => !isContainer(item));
  // By text: comparing each with each, one long list of objects would keep a reader busy for minutes.
  const texts = items.filter(isContainer).map(sortedText);
  return new Set(scalars).size === scalars.length && new Set(texts).size === texts.length;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The JSON text of a value with the fields of objects in order of name. */
function sortedText(value: unknown): string {
  if (!isContainer(value)) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(sortedText).join(",")}]`;
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${sortedText(at(value, name))}`).join(",")}}`;
}
