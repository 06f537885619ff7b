import { kafkaOptionsOf } from "../cluster/connect.js";
import { contractOf } from "../cluster/load-contract.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { applyPlan } from "../topics/apply.js";
import { type Difference, planTopics } from "../topics/plan.js";
import { planText, summarizeTopics } from "../topics/report.js";
import { wantedTopics } from "../topics/wanted.js";

/** How `keyline topics plan` and `keyline topics apply` were called. */
export interface TopicsOptions {
  readonly action: "plan" | "apply";
  readonly file: string;
  /** `host:port,...`; else the environment says. */
  readonly brokers: string | undefined;
  readonly replicas: number | null;
  readonly json: boolean;
  /** Whether `plan` ends with 3 where there are differences. */
  readonly exitCode: boolean;
  /** Applies without asking. */
  readonly yes: boolean;
}

/** Compares the contract's topics with the cluster's, and with `apply` makes and changes what is safe to. */
export async function topics(options: TopicsOptions, io: Io): Promise<number> {
  const contract = await contractOf(options.file, io);
  if (contract === null) return exitCodes.couldNotRun;
  const wanted = wantedTopics(contract, options.replicas);
  const connection = await kafkaOptionsOf(options.brokers, io);
  if (connection === null) return exitCodes.usage;
  const { kafkajsTopics } = await import("@keyline/kafkajs");
  const admin = kafkajsTopics(connection);
  try {
    const found = await admin.describe(wanted.map(({ name }) => name));
    const differences = planTopics(wanted, found, await admin.brokers());
    const { json } = options;
    if (!json) io.out(planText(differences, wanted.length, io));
    const doable = differences.filter(({ kind }) => kind !== "refused");
    const done: string[] = [];
    let failure: string | null = null;
    if (options.action === "apply" && doable.length > 0) {
      const question = `Apply ${doable.length} changes to ${connection.brokers.join(",")}?`;
      const answer = options.yes ? true : await io.confirm?.(question);
      if (answer === undefined) {
        io.log("error: nobody to ask here: pass --yes to apply\n");
        return exitCodes.usage;
      }
      if (!answer) {
        io.log("nothing was changed\n");
        return exitCodes.couldNotRun;
      }
      const note = (text: string) => {
        done.push(text);
        if (!json) io.out(`${text}\n`);
      };
      await applyPlan(admin, doable, note).catch((caught: unknown) => {
        failure = messageOf(caught);
      });
    }
    if (json) io.out(`${JSON.stringify(jsonOf(options, differences, wanted.length, done, failure), null, 2)}\n`);
    if (failure !== null) {
      io.log(`error: ${failure}\nWhat was done before stays; the same command goes on from there.\n`);
      return exitCodes.couldNotRun;
    }
    return exitCodeOf(options, differences);
  } finally {
    await admin.close();
  }
}

function jsonOf(
  { action, file }: TopicsOptions,
  differences: readonly Difference[],
  total: number,
  done: readonly string[],
  error: string | null,
) {
  const summary = summarizeTopics(differences);
  const report = { version: 1, command: `topics ${action}`, file, topics: total, summary, differences };
  return action === "plan" ? report : { ...report, done, error };
}

/** What is refused is left undone: for `apply` that is a failure. */
function exitCodeOf({ action, exitCode }: TopicsOptions, differences: readonly Difference[]): number {
  const refused = differences.some(({ kind }) => kind === "refused");
  if (action === "apply") return refused ? exitCodes.couldNotRun : exitCodes.clean;
  return exitCode && differences.length > 0 ? exitCodes.findings : exitCodes.clean;
}

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));
