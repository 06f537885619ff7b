import { KeylineError } from "../errors.js";

/** Levels of arrays and objects that a JSON value may have. `JSON.stringify` gives up at some thousands of them. */
export const deepestJson = 500;

/** About how many characters the JSON of one value may have: what one key can make a transaction carry. */
export const longestJson = 16 * 2 ** 20;

/**
 * The value as JSON can say it, which is what comes back from a store: the value itself, or a copy without the properties
 * that are `undefined`. Throws `handler_failed`, with the path, for what JSON cannot say or would change in silence (NaN,
 * a bigint, a Date, an instance of a class, a function, a cycle), and for what is too deep or too long.
 */
export function asJson(value: unknown, subject: string): unknown {
  if (charactersOf(value, deepestJson) <= longestJson) return value;
  const budget = { left: longestJson };
  try {
    return copyOf(value, null, budget);
  } catch (caught) {
    if (!(caught instanceof Unsayable)) throw caught;
    throw new KeylineError("handler_failed", `${subject}: ${caught.message}`);
  }
}

/** Whether the value has more levels of arrays and objects than these. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeper(inner, levels - 1)) return true;
  return false;
}

/** Why JSON cannot say a value, with its path. */
class Unsayable extends Error {}

/** About how many characters the value has as JSON; NaN where it is to be looked at closely. Allocates nothing. */
function charactersOf(value: unknown, levels: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return Number.isFinite(value) ? 8 : Number.NaN;
    case "boolean":
      return 5;
    case "object":
      return value === null ? 4 : levels === 0 ? Number.NaN : charactersWithin(value, levels - 1);
    default:
      return Number.NaN;
  }
}

function charactersWithin(value: object, levels: number): number {
  let sum = 2;
  if (Array.isArray(value)) {
    for (const inner of value) {
      sum += 1 + charactersOf(inner, levels);
      // Not a comparison with `>`: NaN ends it as well.
      if (!(sum <= longestJson)) return Number.NaN;
    }
    return sum;
  }
  if (!isPlain(value)) return Number.NaN;
  for (const name of Object.keys(value)) {
    sum += name.length + 4 + charactersOf((value as Record<string, unknown>)[name], levels);
    if (!(sum <= longestJson)) return Number.NaN;
  }
  return sum;
}

/** An object of no class, also one of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Where a value lies: in which object, under which name. */
interface Place {
  readonly around: object;
  readonly name: string | number;
  readonly outer: Place | null;
  readonly level: number;
}

/** How many characters are left. */
interface Budget {
  left: number;
}

function copyOf(value: unknown, place: Place | null, budget: Budget): unknown {
  if (typeof value !== "object" || value === null) {
    const reason = unsayable(value);
    if (reason !== null) throw new Unsayable(`${pathOf(place)} ${reason}`);
    spend(budget, typeof value === "string" ? value.length + 2 : 8);
    return value;
  }
  const level = (place?.level ?? 0) + 1;
  if (isAround(value, place)) throw new Unsayable(`${pathOf(place)} is a circular reference`);
  if (level > deepestJson) throw new Unsayable(`it has more than ${deepestJson} levels`);
  const inner = (one: unknown, name: string | number) =>
    copyOf(one, { around: value, name, outer: place, level }, budget);
  if (Array.isArray(value)) {
    spend(budget, 2 + value.length);
    return Array.from(value, inner);
  }
  if (!isPlain(value)) throw new Unsayable(`${pathOf(place)} is ${classOf(value)}, which JSON cannot represent`);
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  spend(
    budget,
    kept.reduce((sum, [name]) => sum + name.length + 4, 2),
  );
  // Not by assignment, which would take `__proto__` for the prototype.
  return Object.fromEntries(kept.map(([name, one]) => [name, inner(one, name)]));
}

function isAround(value: object, place: Place | null): boolean {
  for (let at = place; at; at = at.outer) if (at.around === value) return true;
  return false;
}

function spend(budget: Budget, characters: number): void {
  budget.left -= characters;
  if (budget.left < 0) throw new Unsayable(`it has more than ${longestJson} characters as JSON`);
}

/** Why JSON cannot say what is not an object; null where it can. */
function unsayable(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : `is ${value}, which JSON cannot represent`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  return `is ${value === undefined ? "undefined" : `a ${typeof value}`}, which JSON cannot represent`;
}

function classOf(value: object): string {
  const made: unknown = (value as { readonly constructor?: unknown }).constructor;
  const name = typeof made === "function" ? made.name : "";
  return name === "" ? "an instance of a class" : `an instance of ${name}`;
}

/** `lines[0].price`. */
function pathOf(place: Place | null): string {
  let path = "";
  for (let at = place; at; at = at.outer) path = stepTo(at.name) + path;
  return path === "" ? "it" : path.replace(/^\./, "");
}

function stepTo(name: string | number): string {
  if (typeof name === "number") return `[${name}]`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
