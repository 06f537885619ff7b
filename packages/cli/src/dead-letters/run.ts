import {
  discardLetters,
  keyTextOf,
  type Letter,
  planReplay,
  type ReplayPlan,
  replayLetters,
  type SettledLetter,
} from "@keyline/proof";
import { KeylineError } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import type { Context } from "../command/command.js";
import { checkKnown } from "../command/known.js";
import { CommandError, type Outcome } from "../command/outcome.js";
import { counted } from "../report/counted.js";
import { positionText } from "../trace/merge.js";
import { gapsJson, gapsText, letterJson, letterText, planJson, planText } from "./report.js";
import { type needs, type Selection, select, topicsOf } from "./select.js";

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
  const topics = await topicsOf(context);
  const { transport, inspector } = await context.cluster();
  const found = await select(input, topics, transport, context.io.signal);
  const plan = await planReplay(found.letters, { transport, inspector, topics });
  const sendable = plan.steps.filter(({ redelivery }) => redelivery.kind === "record");
  const text = `${planText(plan)}${gapsText(found)}`;
  const json = { ...planJson(plan), ...gapsJson(found) };
  if (sendable.length > 0) checkReached(plan, input.alsoReaches, context, text);
  const refused = plan.steps.length - sendable.length;
  return settle(
    { context, input, text, json, count: sendable.length, refused: refused + found.notRead.length },
    `Send ${counted(sendable.length, "dead letter")} again?`,
    (settled) => replayLetters(sendable, { transport, by: input.by, settled, signal: context.io.signal }),
  );
}

/** Shows which letters would be given up, asks, and marks them. */
export async function runDiscard(input: SettleInput, context: Context<typeof needs>): Promise<Outcome> {
  const topics = await topicsOf(context);
  const { transport, inspector } = await context.cluster();
  const found = await select(input, topics, transport, context.io.signal);
  checkPolicies(found.letters, await inspector.describe([...new Set(found.letters.map(({ at }) => at.topic))]));
  const text = `${found.letters.map((letter) => letterText(letter, [])).join("")}${gapsText(found)}`;
  const json = { letters: found.letters.map((letter) => letterJson(letter, null)), ...gapsJson(found) };
  return settle(
    { context, input, text, json, count: found.letters.length, refused: found.notRead.length },
    `Give ${counted(found.letters.length, "dead letter")} up?`,
    (settled) => discardLetters(found.letters, { transport, by: input.by, settled, signal: context.io.signal }),
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

/** Refuses where a group may handle what is not meant for it, and was not named. */
function checkReached(plan: ReplayPlan, named: readonly string[], { io, isJson, say }: Context, text: string): void {
  const missing = plan.groups.filter(({ group, effect }) => effect === "unknown" && !named.includes(group));
  if (missing.length === 0) return;
  for (const group of named)
    checkKnown(
      "the topics have no group",
      group,
      plan.groups.map((one) => one.group),
    );
  if (isJson) io.log(text);
  else say(text);
  const options = missing.map(({ group }) => `--also-reaches ${JSON.stringify(group)}`).join(" ");
  throw new CommandError("usage", `groups may handle what is not meant for them; where they may, pass ${options}`);
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

async function settle(
  { context, input, text, json, count, refused }: Settling,
  question: string,
  run: (settled: (done: SettledLetter) => void) => Promise<void>,
): Promise<Outcome> {
  const { io, isJson, say } = context;
  // What is asked about is shown in any case: as JSON it is printed only afterwards.
  if (isJson && !input.yes) io.log(text);
  else say(text);
  const nothing = { ...json, settled: [], error: null };
  if (count === 0) {
    const exit = refused > 0 ? "couldNotRun" : "clean";
    return { exit, text: refused > 0 ? "nothing was written\n" : "no dead letter waits\n", json: nothing };
  }
  if (!input.yes && !io.confirm) {
    io.log("error: not at a terminal: pass --yes; nothing was written\n");
    return { exit: "usage", json: nothing };
  }
  if (!input.yes && !(await io.confirm?.(question))) {
    io.log("nothing was written\n");
    return { exit: "couldNotRun", json: nothing };
  }
  context.endsItself();
  const done: SettledLetter[] = [];
  const failure = await run((one) => {
    done.push(one);
    io.log(auditLine(one, input.by));
  }).then(
    () => null,
    (caught: unknown) => KeylineError.from(caught, "transport_unavailable", "cannot write").message,
  );
  if (failure !== null) io.log(`error: ${harmless(failure)}\nRun the same command again to continue.\n`);
  const isAll = failure === null && refused === 0 && done.length === count;
  return {
    exit: io.signal.aborted && done.length < count ? "interrupted" : isAll ? "clean" : "couldNotRun",
    text: `${done.length} of ${counted(count, "dead letter")} settled${refused > 0 ? `, ${refused} left as they are` : ""}\n`,
    json: { ...json, settled: done.map(settledJson), error: failure },
  };
}

const settledJson = ({ letter, as, sent }: SettledLetter) => ({ at: letter.at, as, sent });

/** `2026-11-27T11:30:00.000Z ada replayed order.paid.dlq/3@0 (order.paid/3@12, key 42, mailer) as order.paid/3@99`. */
function auditLine({ letter, as, sent }: SettledLetter, by: string): string {
  const key = keyTextOf(letter);
  const what = `${positionText(letter.source)}, ${key === null ? "no key" : `key ${key}`}, ${letter.group}`;
  const where = sent === null ? "" : ` as ${positionText(sent)}`;
  return `${harmless(`${new Date().toISOString()} ${by} ${as} ${positionText(letter.at)} (${what})${where}`)}\n`;
}
