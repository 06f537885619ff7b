import { canRun } from "@keyline/needs";
import { describe, it } from "vitest";
import { counted } from "../build/counted.ts";
import { alertsAt, expectOf, type Series, valueAt } from "./promtool.ts";

const hasPromtool = await canRun("promtool");

/**
 * What Prometheus reads of a series, as `MINUTE=VALUE`, each from its minute on. `gone`: the copy was read without the series, or
 * could not be read. `unread`: Prometheus itself did not run.
 */
type Course = string;

/** A copy of the service: its series of dead letters, and Prometheus' own that says whether the copy could be read. */
interface Copy {
  readonly letters: Course;
  readonly up: Course;
}

interface Case {
  readonly copies: readonly Copy[];
  /** How many letters the last ten minutes have, as `MINUTE=LETTERS`; `none` where no series says anything. */
  readonly counts: string;
}

const readsPerMinute = 4;
const minutes = 60;

const pairsOf = (text: string) =>
  [...text.matchAll(/(\S+)=(\S+)/g)].map(([, minute, value = ""]) => [Number(minute), value] as const);

/** A value for each read, in promtool's notation. Where a series ends, Prometheus notes that once. */
function valuesOf(course: Course): string {
  const pairs = pairsOf(course);
  const at = (read: number) => pairs.findLast(([minute]) => minute * readsPerMinute <= read)?.[1] ?? "unread";
  const values = Array.from({ length: minutes * readsPerMinute }, (_, read) => {
    const value = at(read);
    if (value === "gone" && at(read - 1) !== "gone") return "stale";
    return value === "gone" || value === "unread" ? "_" : value;
  });
  return values.join(" ");
}

const seriesOf = ({ letters, up }: Copy, index: number): readonly Series[] => {
  const copy = `instance="10.0.0.${index}:9464",job="shop"`;
  const labels = `${copy},group="mailer",topic="order.placed",code="handler_failed"`;
  return [
    { series: `up{${copy}}`, values: valuesOf(up) },
    { series: `keyline_dead_lettered_total{${labels}}`, values: valuesOf(letters) },
  ];
};

const crashes = [10, 14, 18, 22, 26, 30];

const cases: Readonly<Record<string, Case>> = {
  "the first letters of a process that runs: the series begins at 2": {
    copies: [{ up: "0=1", letters: "10=2" }],
    counts: "9=none 11=2 19=2 21=0 40=0",
  },
  "the first letter of a new copy, which its first read has already": {
    copies: [{ up: "10=1", letters: "10=1" }],
    counts: "9=none 11=1 19=1 21=0",
  },
  "more letters long after the first": {
    copies: [{ up: "0=1", letters: "10=1 30=4 32=5" }],
    counts: "25=0 31=3 35=4 41=1 43=0",
  },
  "more letters soon after the first": {
    copies: [{ up: "0=1", letters: "10=1 14=2" }],
    counts: "12=1 15=2 21=1 23=1 25=0",
  },
  "a restart after a letter: the new process has no series": {
    copies: [{ up: "0=1 12=0 13=1", letters: "10=1 12=gone" }],
    counts: "11=1 13=1 19=1 21=0 23=none 40=none",
  },
  "a restart after a letter: the new process has another instance": {
    copies: [
      { up: "0=1 12=gone", letters: "10=1 12=gone" },
      { up: "13=1", letters: "" },
    ],
    counts: "11=1 13=1 19=1 21=0 40=none",
  },
  "a restart, then as many letters as before it": {
    copies: [{ up: "0=1 30=0 31=1", letters: "0=1 30=gone 33=1" }],
    counts: "25=0 32=0 34=1 42=1 44=0",
  },
  "a restart between two reads, then as many letters as before it": {
    copies: [{ up: "0=1", letters: "0=1 30=gone 30.25=1" }],
    counts: "25=0 31=1 39=1 41=0",
  },
  "a restart that no read sees, then fewer letters than before it": {
    copies: [{ up: "0=1", letters: "0=5 30=2" }],
    counts: "25=0 31=2 39=2 41=0",
  },
  "a crash loop: each process has a letter two minutes after its start, and ends a minute later": {
    copies: [
      {
        up: crashes.map((minute) => `${minute}=1 ${minute + 3}=0`).join(" "),
        letters: crashes.map((minute) => `${minute + 2}=1 ${minute + 3}=gone`).join(" "),
      },
    ],
    counts: "11=none 13=1 15=1 17=2 22=3 23=2 25=3 33=3 35=2 41=1 43=none",
  },
  "a copy with old letters cannot be read for two minutes": {
    copies: [{ up: "0=1 30=0 32=1", letters: "0=3 30=gone 32=3" }],
    counts: "25=0 31=0 32=0 33=0 40=0 42=0",
  },
  "a letter while the copy cannot be read": {
    copies: [{ up: "0=1 30=0 32=1", letters: "0=3 30=gone 32=4" }],
    counts: "25=0 31=0 33=1 41=1 43=0",
  },
  "Prometheus is stopped for twenty minutes": {
    copies: [{ up: "0=1 20=unread 40=1", letters: "0=3 20=unread 40=3" }],
    counts: "19=0 41=0 45=0",
  },
  "two copies": {
    copies: [
      { up: "0=1", letters: "10=1" },
      { up: "0=1", letters: "15=2" },
    ],
    counts: "11=1 16=3 21=2 26=0",
  },
};

const expr = counted({ counter: "keyline_dead_lettered_total", within: "10m", by: [] });

describe.runIf(hasPromtool)("KeylineDeadLetters fires for ten minutes after each letter, and at no other time", () => {
  it.each(Object.entries(cases))("%s", async (_, { copies, counts }) => {
    const expected = pairsOf(counts).flatMap(([minute, letters]) => {
      const fires = Number(letters) > 0;
      return [
        alertsAt([minute, fires ? ["KeylineDeadLetters"] : []]),
        valueAt(minute, expr, letters === "none" ? null : Number(letters)),
      ];
    });
    await expectOf("15s", copies.flatMap(seriesOf), expected);
  });
});
