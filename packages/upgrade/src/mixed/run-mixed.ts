import { setTimeout as sleep } from "node:timers/promises";
import type { Store, Version } from "../versions/version.ts";
import { evidenceOf, logsOf, outputOf, outputTopic } from "../work/evidence.ts";
import { setsTimer } from "../work/projections.ts";
import { sendRound } from "../work/sending.ts";
import { judge, type Verdict } from "../work/verdict.ts";
import { type Member, startMember, type World } from "./member.ts";

/** One copy of the app gives way to another. */
interface Replacement {
  readonly copy: number;
  readonly ends: "closes" | "is killed" | "stalls";
  readonly by: Version["name"];
}

/** A rolling upgrade, its rollback, and a part of the upgrade again. */
export const replacements: readonly Replacement[] = [
  { copy: 0, ends: "closes", by: "now" },
  { copy: 1, ends: "is killed", by: "now" },
  { copy: 2, ends: "stalls", by: "now" },
  { copy: 1, ends: "is killed", by: "before" },
  { copy: 0, ends: "stalls", by: "before" },
  { copy: 2, ends: "closes", by: "before" },
  { copy: 0, ends: "is killed", by: "now" },
  { copy: 2, ends: "stalls", by: "now" },
];

export interface MixedOptions {
  readonly before: Version;
  readonly now: Version;
  readonly database: unknown;
  readonly schema: string;
  readonly seed: number;
  /** How long each mixture runs. */
  readonly eachMs: number;
}

export interface MixedResult extends Verdict {
  /** What ended members that nobody ended. */
  readonly failures: readonly string[];
  readonly events: number;
}

const keysOfEach = 18;
const roundMs = 160;
const timerMs = 400;
const settleWithinMs = 20_000;

/** Three copies of both apps in one group over one store, replaced by another version's one by one while events come. */
export async function runMixed(options: MixedOptions): Promise<MixedResult> {
  const { before, now, database, schema } = options;
  const failures: string[] = [];
  const cluster = now.createCluster({ seed: options.seed });
  const store = await before.pgliteStore({ database, schema });
  await store.migrate();
  const world: World = {
    ...{ cluster, database, schema, timerMs },
    failed: (member, error) =>
      void failures.push(`${member}: ${error instanceof Error ? error.message : String(error)}`),
  };
  const rounds = Math.ceil(((replacements.length + 1) * options.eachMs) / roundMs);
  const halves = [before, now].map((version, half) => ({
    sender: version.createSender({ transport: cluster.transport(), source: version.name }),
    keys: Array.from({ length: keysOfEach }, (_, index) => 1 + half + 2 * index),
  }));
  const sending = (async () => {
    for (let n = 0; n < rounds; n += 1) {
      await Promise.all([...halves.map(({ sender, keys }) => sendRound(sender, keys, n)), sleep(roundMs)]);
    }
  })();
  const members = await replaceAll(options, world);
  await sending;
  const keys = halves.flatMap((half) => half.keys.map(String));
  await settled(store, schema, {
    keys,
    lines: rounds + Array.from({ length: rounds }, (_, n) => n).filter(setsTimer).length,
  });
  await Promise.all([...members.map((member) => member.close()), ...halves.map(({ sender }) => sender.close())]);
  const outputs = cluster.records(outputTopic).map(outputOf);
  const verdict = judge(await evidenceOf(store, schema, { keys, sentEach: rounds, outputs }));
  return { ...verdict, failures, events: rounds * keys.length };
}

/** Resolves to the members that run at the end. */
async function replaceAll({ before, now, eachMs }: MixedOptions, world: World): Promise<readonly Member[]> {
  const versions = { before, now };
  const members = await Promise.all([before, before, before].map((version) => startMember(version, world)));
  await sleep(eachMs);
  for (const { copy, ends, by } of replacements) {
    const old = members[copy];
    const ending = old && end(old, ends, eachMs);
    members[copy] = await startMember(versions[by], world);
    await sleep(eachMs);
    await ending;
  }
  return members;
}

/** A zombie wakes while its successor works, finds that it has lost its lanes, and is closed. */
async function end(member: Member, how: Replacement["ends"], withinMs: number): Promise<void> {
  if (how === "closes") return member.close();
  if (how === "is killed") return member.kill();
  const wake = member.stall();
  await sleep(withinMs / 2);
  wake();
  await sleep(withinMs / 4);
  await member.close();
}

/** Waits until both apps have a line for each event and timer; what is missing at the end is found by the verdict. */
async function settled(
  store: Store,
  schema: string,
  wanted: { readonly keys: readonly string[]; readonly lines: number },
) {
  const deadlineMs = performance.now() + settleWithinMs;
  while (performance.now() < deadlineMs) {
    const found = await Promise.all(["tally", "books"].map((app) => logsOf(store, schema, app)));
    if (found.every((logs) => wanted.keys.every((key) => (logs.get(key)?.length ?? 0) >= wanted.lines))) return;
    await sleep(100);
  }
}
