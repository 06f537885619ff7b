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
  const scalars = new Set<unknown>();
  const others: unknown[] = [];
  for (const item of items) {
    if (typeof item === "object" && item !== null) {
      if (others.some((other) => jsonEqual(item, other))) return false;
      others.push(item);
    } else {
      if (scalars.has(item)) return false;
      scalars.add(item);
    }
  }
  return true;
}
