import { CommandError } from "../command/outcome.js";

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30s`, `10m`, `1h`, `2d`; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit = ""] = /^(\d{1,9})(s|m|h|d)$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return amount === undefined || unitMs === undefined ? null : Number(amount) * unitMs;
}

const written = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A moment as people write it, in milliseconds since 1970: a duration ago (`1h`), or a date or time of ISO 8601, in UTC
 * where it names no zone. Null for anything else.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const ago = parseDuration(text);
  if (ago !== null) return nowMs - ago;
  const [isMoment, time, , , zone] = written.exec(text) ?? [];
  if (isMoment === undefined) return null;
  const timeMs = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** Refuses a span that ends before it begins, or begins in the future. */
export function checkSpan(
  { since, until }: { readonly since?: number | undefined; readonly until?: number | undefined },
  nowMs: number = Date.now(),
): void {
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  if (since === undefined) return;
  if (until !== undefined && since > until) {
    const shown = `${iso(since)} is after ${iso(until)}`;
    throw new CommandError("usage", `--since is after --until: ${shown}: pass the earlier time as --since`);
  }
  if (since > nowMs) {
    const shown = `${iso(since)}, now it is ${iso(nowMs)}`;
    throw new CommandError("usage", `--since is in the future: ${shown}: pass a time in the past`);
  }
}

const steps = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
] as const;

/** A span of time for eyes: `12 ms`, `2.7 s`, `4 min 10 s`, `2 h 14 min`, `3 d 1 h`. */
export function durationText(spanMs: number): string {
  if (spanMs < 0) return `-${durationText(-spanMs)}`;
  if (spanMs < 1000) return `${Math.round(spanMs)} ms`;
  if (spanMs < 60_000) return `${(spanMs / 1000).toFixed(1)} s`;
  const [unitMs, unit] = steps.find(([stepMs]) => spanMs >= stepMs) ?? [60_000, "min"];
  const [smallerMs, smaller] =
    unitMs === 86_400_000 ? steps[1] : unitMs === 3_600_000 ? steps[2] : ([1000, "s"] as const);
  const rest = Math.floor((spanMs % unitMs) / smallerMs);
  return `${Math.floor(spanMs / unitMs)} ${unit}${rest === 0 ? "" : ` ${rest} ${smaller}`}`;
}

/** `2026-11-25 14:16:31 – 14:16:35 UTC`, to the second; the day again where it is another, one moment where both are the same. */
export function spanText(fromMs: number, toMs: number): string {
  const [from, to] = [secondText(fromMs), secondText(toMs)];
  if (from === to) return `${from} UTC`;
  const [day, time] = to.split(" ");
  return `${from} – ${from.startsWith(`${day} `) ? time : to} UTC`;
}

/** Stamps are the producers': not each is a moment of any calendar. */
function secondText(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? String(timeMs) : time.toISOString().slice(0, -5).replace("T", " ");
}
