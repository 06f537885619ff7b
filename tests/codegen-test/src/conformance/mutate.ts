import type { Json } from "@keyline/contract";
import type { Random } from "@keyline/runtime/testing";
import { anyValue, objectOf } from "./good-values.js";
import { textSamples, valueNames } from "./samples.js";

/** The value with one thing changed, somewhere inside it. */
export function mutate(value: Json, random: Random): Json {
  if (typeof value !== "object" || value === null || random.chance(0.3)) return mutateHere(value, random);
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    const item = value[at];
    return item === undefined ? mutateHere(value, random) : value.with(at, mutate(item, random));
  }
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [name, inner] = entries[at] ?? [];
  if (name === undefined || inner === undefined) return mutateHere(value, random);
  return objectOf(entries.with(at, [name, mutate(inner, random)]));
}

function mutateHere(value: Json, random: Random): Json {
  if (random.chance(0.15)) return anyValue(random, 1);
  if (typeof value === "number") return mutateNumber(value, random);
  if (typeof value === "string") return mutateText(value, random);
  if (Array.isArray(value)) return mutateArray(value, random);
  if (typeof value === "object" && value !== null) return mutateObject(Object.entries(value), random);
  return value === null ? random.pick<Json>([0, "", false, [], {}]) : random.pick<Json>([null, !value, 0, "true"]);
}

function mutateNumber(value: number, random: Random): Json {
  const near = [value + 1, value - 1, value + 0.5, value * 10, value / 10, -value, value + 0.01, Math.round(value)];
  const finite = near.filter(Number.isFinite);
  return random.chance(0.1) ? String(value) : random.pick(finite);
}

function mutateText(value: string, random: Random): string {
  const points = [...value];
  const at = random.below(points.length + 1);
  const piece = random.pick([
    ...textSamples,
    "-",
    ":",
    "Z",
    "0",
    "9",
    "%",
    "/",
    '"',
    "=",
    ".",
    "T",
    "~",
    "\u2028",
    "A",
  ]);
  switch (random.below(4)) {
    case 0:
      return points.toSpliced(at, 1).join("");
    case 1:
      return points.toSpliced(at, 0, piece).join("");
    case 2:
      return points.toSpliced(at, 1, piece).join("");
    default:
      return random.chance(0.5) ? value.toUpperCase() : value + value;
  }
}

function mutateArray(value: readonly Json[], random: Random): Json {
  const at = random.below(value.length + 1);
  const item = random.chance(0.5) && value.length > 0 ? random.pick(value) : anyValue(random, 1);
  return random.chance(0.4) ? value.toSpliced(at, 1) : value.toSpliced(at, 0, item);
}

function mutateObject(entries: readonly (readonly [string, Json])[], random: Random): Json {
  if (entries.length > 0 && random.chance(0.4)) return objectOf(entries.toSpliced(random.below(entries.length), 1));
  const name = random.pick(valueNames);
  if (random.chance(0.3)) return objectOf([...entries].reverse());
  return objectOf([...entries.filter(([known]) => known !== name), [name, anyValue(random, 0)]]);
}
