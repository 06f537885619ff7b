import type { Version } from "../versions/version.ts";
import { evidenceOf, outputOf, outputTopic } from "../work/evidence.ts";
import { roll, rollingMs } from "../work/rolling.ts";
import { sendRounds } from "../work/sending.ts";
import { settled } from "../work/settled.ts";
import { judge, type Verdict } from "../work/verdict.ts";
import { startMember, type World } from "./member.ts";

export interface MixedOptions {
  readonly before: Version;
  readonly now: Version;
  /** An open PGlite database. */
  readonly database: unknown;
  readonly schema: string;
  readonly seed: number;
  /** How long each mixture runs. */
  readonly eachMs: number;
}

export interface MixedResult extends Verdict {
  /** What ended members that nothing was to end. */
  readonly failures: readonly string[];
  readonly events: number;
  /** How many events and outputs the copies of each version applied. */
  readonly applied: Readonly<Record<Version["name"], number>>;
}

const keysOfEach = 18;
const roundMs = 160;
const timerMs = 400;

/** Three copies of both apps in one group over one store, replaced by another version's one by one while events come. */
export async function runMixed({ database, schema, seed, eachMs, ...versions }: MixedOptions): Promise<MixedResult> {
  const failures: string[] = [];
  const applied = { before: 0, now: 0 };
  const cluster = versions.now.createCluster({ seed });
  const store = await versions.before.pgliteStore({ database, schema });
  await store.migrate();
  const world: World = {
    ...{ cluster, database, schema, timerMs },
    failed: (member, error) =>
      void failures.push(`${member}: ${error instanceof Error ? error.message : String(error)}`),
    applied: (by) => {
      applied[by] += 1;
    },
  };
  const rounds = Math.ceil(rollingMs(eachMs) / roundMs);
  const halves = [versions.before, versions.now].map((version, half) => ({
    sender: version.createSender({ transport: cluster.transport(), source: version.name }),
    keys: Array.from({ length: keysOfEach }, (_, index) => 1 + half + 2 * index),
  }));
  const [members] = await Promise.all([
    roll((version) => startMember(versions[version], world), eachMs),
    ...halves.map(({ sender, keys }) => sendRounds(sender, { keys, rounds, roundMs })),
  ]);
  const keys = halves.flatMap((half) => half.keys.map(String));
  await settled(store, schema, keys, rounds);
  await Promise.all([...members, ...halves.map(({ sender }) => sender)].map((one) => one.close()));
  const outputs = cluster.records(outputTopic).map(outputOf);
  const verdict = judge(await evidenceOf(store, schema, { keys, sentEach: rounds, outputs }));
  return { ...verdict, failures, applied, events: rounds * keys.length };
}
