import {
  type FoundLetters,
  keyTextOf,
  type Letter,
  type Marker,
  type ReachedGroup,
  type ReplayPlan,
} from "@keyline/proof";
import type { RecordPosition } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import { counted } from "../report/counted.js";
import { reasonText } from "../report/reason.js";
import { positionText } from "../trace/merge.js";

/** A parked key beside the letters. */
export interface HeldKey {
  readonly app: string;
  readonly key: string;
  readonly events: number;
  readonly first: RecordPosition;
  readonly code: string | null;
  readonly message: string | null;
  readonly stopped: string | null;
}

const isoOf = (timeMs: number): string => {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? String(timeMs) : time.toISOString();
};

/** A marker for programs. */
export const markerJson = ({ timeMs, ...marker }: Marker) => ({ ...marker, time: isoOf(timeMs) });

/** How a letter was settled, by every marker of it; empty for one that waits. */
export const settledText = ({ settled, settledAgain }: Letter): string =>
  (settled === null ? [] : [settled, ...settledAgain])
    .map(({ as, by, timeMs }) => `${as} by ${by || "unknown"} at ${isoOf(timeMs)}`)
    .join(", ");

/** A letter for programs. */
export function letterJson(letter: Letter, held: readonly HeldKey[] | null) {
  const { at, source, group, code, message, attempts, firstAtMs, lastAtMs, replay, omitted } = letter;
  return {
    ...{ at, source, group, key: keyTextOf(letter), code, message, attempts },
    ...{ firstAt: isoOf(firstAtMs), lastAt: isoOf(lastAtMs), replay, omitted },
    settled: letter.settled && markerJson(letter.settled),
    settledAgain: letter.settledAgain.map(markerJson),
    ...(held === null ? {} : { heldBy: holdersOf(letter, held) }),
  };
}

/** Apps that hold the letter's key: a replay waits behind what is parked there. */
export const holdersOf = (letter: Letter, held: readonly HeldKey[]): readonly string[] => {
  const key = keyTextOf(letter);
  return held.filter((one) => one.key === key && one.app === letter.group).map(({ app }) => app);
};

const replayTexts = {
  once: "",
  "at-least-once": "",
  "by-id": "a replay is recognised by its id only",
} as const;

/** A letter in two lines. */
export function letterText(letter: Letter, held: readonly HeldKey[]): string {
  const { at, source, group, code, message, attempts, lastAtMs, replay, omitted } = letter;
  const key = keyTextOf(letter);
  const holders = holdersOf(letter, held);
  const notes = [
    attempts === null || attempts === 0 ? "" : counted(attempts, "attempt"),
    `failed ${isoOf(lastAtMs)}`,
    omitted === null ? "" : `value left out: ${omitted}`,
    replayTexts[replay],
    holders.length === 0 ? "" : `its key is held by ${holders.join(", ")}`,
    settledText(letter),
  ].filter((text) => text !== "");
  const head = `${positionText(at)}  ${key === null ? "no key" : `key ${key}`}  ${group}  ${code}: ${reasonText(message, source)}`;
  return `${harmless(head)}\n    ${harmless(`${positionText(source)}, ${notes.join(", ")}`)}\n`;
}

export function heldText({ app, key, events, first, code, message, stopped }: HeldKey): string {
  const waits = message === null ? "behind another event" : reasonText(message, first);
  const reason = stopped ?? `${code ?? "waits"}: ${waits}`;
  return `${harmless(`parked by ${app}  key ${key}  ${counted(events, "event")}  ${reason}`)}\n    ${harmless(positionText(first))}\n`;
}

/** What was left out, or not read. */
export function gapsText({ leftOut, foreign, notRead, missing }: FoundLetters): string {
  return [
    ...(leftOut > 0 ? [`${counted(leftOut, "later letter")} left out: pass a higher --limit, or filters`] : []),
    ...[...foreign].map(
      ([topic, records]) => `${topic} has ${counted(records, "record")} not written by a Keyline app`,
    ),
    ...missing.map((topic) => `not on the cluster: ${topic}`),
    ...notRead.map(({ what, reason }) => `not read: ${what}: ${reason}`),
  ]
    .map((line) => `${harmless(line)}\n`)
    .join("");
}

export const gapsJson = ({ leftOut, foreign, notRead, missing }: FoundLetters) => ({
  leftOut,
  foreign: [...foreign].map(([topic, records]) => ({ topic, records })),
  ...{ notRead, missing },
});

/** What a replay would do, before it does. */
export function planText({ steps, groups }: ReplayPlan): string {
  const lines = steps.map(({ letter, redelivery, later }) => {
    const head = `${positionText(letter.at)}  ${keyTextOf(letter) === null ? "no key" : `key ${keyTextOf(letter)}`}`;
    if (redelivery.kind === "refused") return `${head}  refused: ${redelivery.refusal}: ${redelivery.reason}`;
    const { topic, partition, record } = redelivery;
    const size = counted((record.value?.byteLength ?? 0) + (record.key?.byteLength ?? 0), "byte");
    return `${head}  append to ${topic}/${partition}, ${size}, for ${letter.group}${laterText(later)}`;
  });
  return [...lines, ...groups.map(groupText)].map((line) => `${harmless(line)}\n`).join("");
}

const laterText = (later: number | null): string =>
  later === null || later === 0 ? "" : `; it follows ${counted(later, "later event")} of its key, handled already`;

function groupText({ group, effect, members, knowing }: ReachedGroup): string {
  if (effect !== "unknown") return `group ${group} ${effect === "handles" ? "handles its own letters" : "skips them"}`;
  const why = members === 0 ? "it has no members to ask" : `${knowing} of ${counted(members, "member")} announce it`;
  return `group ${group} may not know redeliveries, and would then handle all of them: ${why}`;
}

export const planJson = ({ steps, groups }: ReplayPlan) => ({
  steps: steps.map(({ letter, redelivery, later }) => ({
    ...{ letter: letterJson(letter, null), later },
    ...(redelivery.kind === "refused"
      ? { refusal: redelivery.refusal, reason: redelivery.reason }
      : {
          topic: redelivery.topic,
          partition: redelivery.partition,
          bytes: (redelivery.record.value?.byteLength ?? 0) + (redelivery.record.key?.byteLength ?? 0),
        }),
  })),
  groups,
});
