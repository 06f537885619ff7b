import {
  discardLetters,
  keyTextOf,
  type Letter,
  type Marker,
  planReplay,
  type ReachedGroup,
  type ReplayPlan,
  replayLetters,
  type SettledLetter,
  type SettleOptions,
} from "@keyline/proof";
import { KeylineError } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import type { Context } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError, type Exit, type Outcome } from "../command/outcome.js";
import { counted } from "../report/counted.js";
import { positionText } from "../trace/merge.js";
import { gapsJson, gapsText, letterJson, letterText, markerJson, planJson, planText } from "./report.js";
import { type needs, openLetters, type Selection, select } from "./select.js";

/** The input of both ways to settle letters. */
export interface SettleInput extends Selection {
  readonly yes: boolean;
  readonly by: string;
}

/** Shows what a replay would do, asks, and does it. */
export async function runReplay(
  input: SettleInput & { readonly alsoReaches: readonly string[] },
  context: Context<typeof needs>,
): Promise<Outcome> {
  const place = await openLetters(context);
  const found = await select(input, place, context.io.signal);
  const plan = await planReplay(found.letters, place);
  const sendable = plan.steps.filter(({ redelivery }) => redelivery.kind === "record");
  const refused = plan.steps.length - sendable.length + found.notRead.length;
  const text = `${planText(plan)}${gapsText(found)}`;
  const json = { ...planJson(plan), ...gapsJson(found) };
  const settling = { context, input, text, json, count: sendable.length, refused };
  const refusal = sendable.length > 0 ? reachedRefusal(plan, input.alsoReaches) : null;
  if (refusal !== null) {
    showPlan(settling, false);
    return ended(settling, "usage", `error: ${refusal}`);
  }
  return settle(settling, `Send ${counted(sendable.length, "dead letter")} again?`, (options) =>
    replayLetters(sendable, { ...options, transport: place.transport }),
  );
}

/** Shows which letters would be given up, asks, and marks them. */
export async function runDiscard(input: SettleInput, context: Context<typeof needs>): Promise<Outcome> {
  const place = await openLetters(context);
  const { transport, inspector } = place;
  const found = await select(input, place, context.io.signal);
  checkPolicies(found.letters, await inspector.describe([...new Set(found.letters.map(({ at }) => at.topic))]));
  const text = `${found.letters.map((letter) => letterText(letter, [])).join("")}${gapsText(found)}`;
  const json = { letters: found.letters.map((letter) => letterJson(letter, null)), ...gapsJson(found) };
  return settle(
    { context, input, text, json, count: found.letters.length, refused: found.notRead.length },
    `Give ${counted(found.letters.length, "dead letter")} up?`,
    (options) => discardLetters(found.letters, { ...options, transport }),
  );
}

type States = ReadonlyMap<string, { readonly config: Readonly<Record<string, string>> }>;

function checkPolicies(letters: readonly Letter[], states: States): void {
  for (const topic of new Set(letters.map(({ at }) => at.topic))) {
    const policy = states.get(topic)?.config["cleanup.policy"] ?? "delete";
    if (policy === "delete") continue;
    const reason = `a marker would take the place of letters of ${topic}, whose cleanup.policy is ${policy}`;
    throw new CommandError("couldNotRun", `${reason}: set it to delete`);
  }
}

/** Why nothing is sent: a group may handle what is not meant for it, and was not named. Null if none may. */
function reachedRefusal({ groups }: ReplayPlan, named: readonly string[]): string | null {
  const missing = groups.filter(({ group, effect }) => effect === "unknown" && !named.includes(group));
  if (missing.length === 0) return null;
  for (const group of named)
    checkKnown(
      "the topics have no group",
      group,
      groups.map((one) => one.group),
    );
  return `groups may handle what is not meant for them: ${waysOut(missing)}`;
}

/** The safe way first: a group without members cannot announce what it knows, and can once it runs. */
function waysOut(missing: readonly ReachedGroup[]): string {
  const options = missing.map(({ group }) => `--also-reaches ${JSON.stringify(group)}`).join(" ");
  const away = missing.filter(({ members }) => members === 0).map(({ group }) => group);
  const start = away.length === 0 ? "" : `start ${away.join(", ")} and run this again, or `;
  return `${start}pass ${options} where ${missing.length === 1 ? "it" : "they"} may handle them`;
}

interface Settling {
  readonly context: Context;
  readonly input: SettleInput;
  /** What would be done, for people and for programs. */
  readonly text: string;
  readonly json: object;
  readonly count: number;
  /** Letters that are left as they are, and partitions that were not read. */
  readonly refused: number;
}

/** What is asked about is shown in any case: as JSON it is printed only afterwards. */
function showPlan({ context: { io, isJson, say }, text }: Settling, isConfirmed: boolean): void {
  if (isJson && !isConfirmed) io.log(text);
  else say(text);
}

/** The end of a command that wrote nothing; the reason is on the log. */
function ended({ context, json }: Settling, exit: Exit, reason: string): Outcome {
  context.io.log(`${harmless(reason)}\n`);
  const error = reason.replace(/^error: /, "");
  return { exit, json: { ...json, settled: [], settledMeanwhile: [], error } };
}

type Settle = (options: Omit<SettleOptions, "transport">) => Promise<void>;

async function settle(settling: Settling, question: string, run: Settle): Promise<Outcome> {
  const { context, input, json, count, refused } = settling;
  const { io } = context;
  showPlan(settling, input.yes);
  if (count === 0) {
    const error = refused > 0 ? "nothing was written" : null;
    const exit = error === null ? "clean" : "couldNotRun";
    const text = `${error ?? "no dead letter waits"}\n`;
    return { exit, text, json: { ...json, settled: [], settledMeanwhile: [], error } };
  }
  if (!input.yes && !io.confirm)
    return ended(settling, "usage", "error: not at a terminal: pass --yes; nothing was written");
  if (!input.yes && !(await io.confirm?.(question))) return ended(settling, "couldNotRun", "nothing was written");
  context.endsItself();
  const { done, others, failure } = await settleAll(input.by, context, run);
  const isAll = failure === null && refused === 0 && done.length + others.length === count;
  const meanwhile = others.length > 0 ? `, ${others.length} settled meanwhile` : "";
  const left = refused > 0 ? `, ${refused} left as they are` : "";
  return {
    exit: io.signal.aborted && done.length + others.length < count ? "interrupted" : isAll ? "clean" : "couldNotRun",
    text: `${done.length} of ${counted(count, "dead letter")} settled${meanwhile}${left}\n`,
    json: { ...json, settled: done.map(settledJson), settledMeanwhile: others, error: failure },
  };
}

/** Settles letters, with a line on the log for each. What others have settled meanwhile is told too. */
async function settleAll(by: string, { io }: Context, run: Settle) {
  const done: SettledLetter[] = [];
  const others: object[] = [];
  const options = {
    ...{ by, signal: io.signal },
    settled: (one: SettledLetter) => {
      done.push(one);
      io.log(auditLine(one, by));
    },
    meanwhile: ({ at }: Letter, marker: Marker) => {
      const { offset: _, ...how } = markerJson(marker);
      others.push({ at, ...how });
      io.log(`${harmless(`${positionText(at)} was settled meanwhile by ${marker.by || "unknown"}`)}\n`);
    },
  };
  const failure = await run(options).then(
    () => null,
    (caught: unknown) => KeylineError.from(caught, "transport_unavailable", "cannot write").message,
  );
  if (failure !== null) io.log(`error: ${harmless(failure)}\nRun the same command again to continue.\n`);
  return { done, others, failure };
}

const settledJson = ({ letter, as, sent }: SettledLetter) => ({ at: letter.at, as, sent });

/** `2026-11-27T11:30:00.000Z ada replayed order.paid.dlq/3@0 (order.paid/3@12, key 42, mailer) as order.paid/3@99`. */
function auditLine({ letter, as, sent }: SettledLetter, by: string): string {
  const key = keyTextOf(letter);
  const what = `${positionText(letter.source)}, ${key === null ? "no key" : `key ${key}`}, ${letter.group}`;
  const where = sent === null ? "" : ` as ${positionText(sent)}`;
  return `${harmless(`${new Date().toISOString()} ${by} ${as} ${positionText(letter.at)} (${what})${where}`)}\n`;
}
