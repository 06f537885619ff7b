import { expect, test } from "vitest";
import { checkSpan, durationText, parseDuration, parseMoment, spanText } from "./moment.js";

const nowMs = Date.UTC(2026, 0, 31, 12);

test.each([
  ["30s", nowMs - 30_000],
  ["2d", nowMs - 172_800_000],
  ["2026-01-31", Date.UTC(2026, 0, 31)],
  ["2026-01-31T10:30", Date.UTC(2026, 0, 31, 10, 30)],
  ["2026-01-31T10:30:05.250+02:00", Date.UTC(2026, 0, 31, 8, 30, 5, 250)],
  ["yesterday", null],
  ["1h30m", null],
  ["2026-13-01", null],
])("the moment %s", (text, timeMs) => {
  expect(parseMoment(text, nowMs)).toBe(timeMs);
});

test("a duration has one unit", () => {
  expect(["10m", "1h", "10", "-1s", ""].map(parseDuration)).toEqual([600_000, 3_600_000, null, null, null]);
});

test.each([
  [12, "12 ms"],
  [2710, "2.7 s"],
  [250_000, "4 min 10 s"],
  [8_040_000, "2 h 14 min"],
  [86_400_000 * 3, "3 d"],
  [-1200, "-1.2 s"],
])("%i ms reads as %s", (spanMs, text) => {
  expect(durationText(spanMs)).toBe(text);
});

test.each([
  ["2026-11-25T14:16:31.100Z", "2026-11-25T14:16:31.900Z", "2026-11-25 14:16:31 UTC"],
  ["2026-11-25T14:16:31.000Z", "2026-11-25T14:16:35.000Z", "2026-11-25 14:16:31 – 14:16:35 UTC"],
  ["2026-11-25T23:59:59.000Z", "2026-11-26T00:00:00.000Z", "2026-11-25 23:59:59 – 2026-11-26 00:00:00 UTC"],
])("the span from %s to %s is %s", (from, to, text) => {
  expect(spanText(Date.parse(from), Date.parse(to))).toBe(text);
});

test("a stamp that is not a moment is shown as its number", () => {
  expect(spanText(9e15, 9e15)).toBe("9000000000000000 UTC");
});

test.each([
  [{}, null],
  [{ since: 0 }, null],
  [{ since: 1000, until: 1000 }, null],
  [{ until: 99_000 }, null],
  [
    { since: 2000, until: 1000 },
    "--since is after --until: 1970-01-01T00:00:02.000Z is after 1970-01-01T00:00:01.000Z",
  ],
  [{ since: 61_000, until: 99_000 }, "--since is in the future: 1970-01-01T00:01:01.000Z, now it is"],
])("the span %j, asked for a minute after 1970 began: %s", (span, problem) => {
  const check = () => checkSpan(span, 60_000);
  if (problem === null) expect(check).not.toThrow();
  else expect(check).toThrow(problem);
});
