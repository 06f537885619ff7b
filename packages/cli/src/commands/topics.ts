import type { KafkaOptions, TopicAdmin } from "@keyline/kafka";
import { harmless } from "@keyline/runtime/tools";
import { noBrokers } from "../cluster/connect.js";
import { type Context, command } from "../command/command.js";
import { confirmed } from "../command/confirm.js";
import type { Outcome } from "../command/outcome.js";
import { flag } from "../command/parameters.js";
import { replicasOption } from "../command/shared.js";
import { applyPlan } from "../topics/apply.js";
import { type Difference, planTopics } from "../topics/plan.js";
import { planText, summarizeTopics } from "../topics/report.js";
import { wantedTopics } from "../topics/wanted.js";

const needs = { contract: "argument", cluster: true } as const;

const shared = {
  group: { name: "topics", summary: "compare a cluster's topics with the contract, and create them" },
  needs,
  json: "the differences as JSON",
  details:
    "Each topic of the contract that can be generated comes with its dead-letter topic <topic>.dlq. Never deletes a topic, and never changes the partition count of a keyed one.",
} as const;

/** Shows how a cluster's topics differ from the contract. */
export const topicsPlan = command({
  ...shared,
  name: "plan",
  summary: "show what apply would create and change",
  parameters: { replicas: replicasOption, exitCode: flag("--exit-code", "exit 3 if there are differences") },
  exits: {
    clean: "shown, even if something is refused",
    problems: "(--exit-code) there are differences",
  },
  run: ({ replicas, exitCode }, context) =>
    compareTopics(replicas ?? null, context, async ({ differences, report }) => ({
      exit: exitCode && differences.length > 0 ? "problems" : "clean",
      json: report,
    })),
});

/** Creates and changes what is safe to. */
export const topicsApply = command({
  ...shared,
  name: "apply",
  summary: "create topics and make safe changes, after asking",
  parameters: { replicas: replicasOption, yes: flag("--yes", "do not ask") },
  exits: {
    clean: "applied, or nothing to do",
    couldNotRun: "could not run, was not confirmed, or something was refused",
  },
  run: ({ replicas, yes }, context) =>
    compareTopics(replicas ?? null, context, async ({ admin, kafka, differences, plan, report }) => {
      const safe = differences.filter(({ kind }) => kind !== "refused");
      // What is asked about is shown in any case: as JSON it is printed only afterwards.
      if (safe.length > 0 && !yes && context.isJson && context.io.confirm) context.io.log(plan);
      if (safe.length > 0 && !yes)
        await confirmed(`Apply ${safe.length} changes to ${kafka.brokers.join(",")}?`, "apply", context.io);
      const done: string[] = [];
      const failure = await applyPlan(admin, safe, (text) => {
        done.push(text);
        context.say(`${text}\n`);
      }).then(
        () => null,
        (caught: unknown) => harmless(caught instanceof Error ? caught.message : String(caught)),
      );
      if (failure !== null)
        context.io.log(`error: ${failure}\nChanges made before it stay; run the same command again to continue.\n`);
      const isAll = failure === null && safe.length === differences.length;
      return { exit: isAll ? "clean" : "couldNotRun", json: { ...report, done, error: failure } };
    }),
});

interface Compared {
  readonly admin: TopicAdmin;
  readonly kafka: KafkaOptions;
  readonly differences: readonly Difference[];
  /** The differences for people. */
  readonly plan: string;
  /** What `--json` prints of them. */
  readonly report: object;
}

/** Compares the contract's topics with the cluster's, prints the differences, and goes on with them. */
async function compareTopics(
  replicas: number | null,
  { file, contract, kafka, io, say }: Context<typeof needs>,
  goOn: (compared: Compared) => Promise<Outcome>,
): Promise<Outcome> {
  const wanted = wantedTopics(await contract(), replicas);
  const cluster = await kafka();
  if (cluster === null) throw noBrokers();
  const admin = cluster.createTopics();
  try {
    const found = await admin.describe(wanted.map(({ name }) => name));
    const differences = planTopics(wanted, found, await admin.brokers());
    const plan = planText(differences, wanted.length, io);
    say(plan);
    const report = { file, topics: wanted.length, summary: summarizeTopics(differences), differences };
    return await goOn({ admin, kafka: cluster.options, differences, plan, report });
  } finally {
    await admin.close();
  }
}
