const timeUnits = [
  { name: "day", ms: 86_400_000 },
  { name: "hour", ms: 3_600_000 },
  { name: "minute", ms: 60_000 },
  { name: "second", ms: 1_000 },
] as const;

const byteUnits = [
  { name: "TiB", bytes: 1024 ** 4 },
  { name: "GiB", bytes: 1024 ** 3 },
  { name: "MiB", bytes: 1024 ** 2 },
  { name: "KiB", bytes: 1024 },
] as const;

const rounded = (value: number) => String(Math.round(value * 100) / 100);

/** `1 day`, `3 days`. */
export const counted = (count: number, noun: string): string => `${rounded(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Milliseconds in the largest unit that they fill: `14 days`. */
export function duration(ms: number): string {
  const unit = timeUnits.find((one) => ms >= one.ms);
  return unit ? counted(ms / unit.ms, unit.name) : `${rounded(ms)} ms`;
}

/** Bytes in the largest unit that they fill: `1.5 GiB`. */
export function size(bytes: number): string {
  const unit = byteUnits.find((one) => bytes >= one.bytes);
  return unit ? `${rounded(bytes / unit.bytes)} ${unit.name}` : counted(bytes, "byte");
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
