import { setTimeout as sleep } from "node:timers/promises";
import type { Version } from "../versions/version.ts";

/** A copy of both apps, by the code of one version. */
export interface Member {
  close(): Promise<void>;
  /** Ends without a farewell. */
  kill(): Promise<void>;
  /** Loses its lanes and does not know: it goes on as a zombie once the result wakes it. */
  stall(): () => void;
}

/** One copy gives way to another. */
interface Replacement {
  readonly copy: number;
  readonly ends: "closes" | "is killed" | "stalls";
  readonly by: Version["name"];
}

/** A rolling upgrade of three copies, its rollback, and a part of the upgrade again. */
const replacements: readonly Replacement[] = [
  { copy: 0, ends: "closes", by: "now" },
  { copy: 1, ends: "is killed", by: "now" },
  { copy: 2, ends: "stalls", by: "now" },
  { copy: 1, ends: "is killed", by: "before" },
  { copy: 0, ends: "stalls", by: "before" },
  { copy: 2, ends: "closes", by: "before" },
  { copy: 0, ends: "is killed", by: "now" },
  { copy: 2, ends: "stalls", by: "now" },
];

/** How long it takes when each mixture runs so long. */
export const rollingMs = (eachMs: number): number => (replacements.length + 1) * eachMs;

/** Replaces the copies one by one. Resolves to those that run at the end. `eachMs` has to be above the session timeout. */
export async function roll(
  start: (version: Version["name"]) => Promise<Member>,
  eachMs: number,
  say: (line: string) => void = () => undefined,
): Promise<readonly Member[]> {
  const members = await Promise.all((["before", "before", "before"] as const).map(start));
  await sleep(eachMs);
  for (const { copy, ends, by } of replacements) {
    say(`copy ${copy + 1} ${ends}, one of ${by} takes its place`);
    const old = members[copy];
    const ending = old && end(old, ends, eachMs);
    const [successor] = await Promise.all([start(by), sleep(eachMs)]);
    members[copy] = successor;
    await ending;
  }
  return members;
}

/** A zombie wakes while its successor works, finds that it has lost its lanes, and is closed. */
async function end(member: Member, how: Replacement["ends"], withinMs: number): Promise<void> {
  if (how === "closes") return member.close();
  if (how === "is killed") return member.kill();
  const wake = member.stall();
  await sleep(withinMs * 0.85);
  wake();
  await sleep(withinMs * 0.1);
  await member.close();
}
