import type { LaneReset } from "@keyline/runtime/store";
import { type Context, command } from "../command/command.js";
import { confirmed } from "../command/confirm.js";
import { checkKnown } from "../command/known.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, listOption, optionalArgument, textOption } from "../command/parameters.js";
import { userName } from "../command/user-name.js";
import type { Connection } from "../io.js";
import { type ObservedProjection, observe } from "../projection/observe.js";
import { projectionJson, statusText } from "../projection/report.js";
import { doneText, planReset, planText, type ResetPlan, refuseRunning } from "../projection/reset.js";

const needs = { store: "option", cluster: true } as const;

const shared = {
  group: { name: "projection", summary: "show the state of projections, and reset one" },
  needs,
} as const;

const group = textOption("--group <id>", "the consumer group of its copies (default: the projection's name)");

/** Shows how projections stand. */
export const projectionStatus = command({
  ...shared,
  name: "status",
  summary: "show lanes, owners, positions, lag, waiting events and sizes",
  parameters: { app: optionalArgument("[app]", "the projection's name (default: all)"), group },
  json: "the lanes as JSON",
  details: "Only reads. Without a cluster it shows only what is in the store, without owners and lag.",
  exits: { clean: "shown" },
  async run({ app, group }, context) {
    const nowMs = Date.now();
    const connection = await connectionOf(context);
    const { projections, tables } = await read(context, { app, group, connection, nowMs });
    return {
      exit: "clean",
      text: statusText(projections, tables, nowMs),
      json: { projections: projections.map(projectionJson), tables },
    };
  },
});

/** Lets a projection begin again. */
export const projectionReset = command({
  ...shared,
  name: "reset",
  summary: "make a projection read its logs again from the beginning, after asking",
  parameters: {
    app: argument("<app>", "the projection's name"),
    lane: listOption("--lane <n>", "only this lane; may be given more than once (default: all)"),
    publish: flag("--publish", "publish emitted events again: readers get them a second time"),
    group,
    by: textOption("--by <name>", "the requester's name (default: the user of this machine)"),
    yes: flag("--yes", "do not ask"),
  },
  json: "the plan, and what was done, as JSON",
  details:
    "Refused while a copy runs. What each key has emitted stays counted, and what was applied is applied again without publishing. A lane's keys are reset together: one key cannot be. The store keeps every reset with its requester and its time (table keyline.commands).",
  examples: ["keyline projection reset progress", "keyline projection reset progress --lane 3 --yes"],
  exits: { clean: "reset", couldNotRun: "could not run, a copy runs, or it was not confirmed" },
  async run({ app, lane, publish, group, by = userName(), yes }, context) {
    const connection = await context.cluster();
    const find = () => read(context, { app, group, connection, nowMs: Date.now() });
    const { projections } = await find();
    projections.forEach(refuseRunning);
    const plans = projections.map((one) => planReset(one, lanesOf(lane, one), publish));
    const text = plans.map(planText).join("");
    context.say(text);
    if (!yes) {
      // What is asked about is shown in any case: as JSON it is printed only afterwards.
      if (context.isJson && context.io.confirm) context.io.log(text);
      await confirmed(`Reset ${app}?`, "reset", context.io);
      // A copy may have been started while the question was open.
      (await find()).projections.forEach(refuseRunning);
    }
    const done = await resetAll(plans, by, context);
    return {
      exit: "clean",
      text: plans.map((plan, index) => doneText(plan, done[index] ?? [], by)).join(""),
      json: { by, resets: plans.map((plan, index) => ({ ...plan, done: done[index] ?? [] })) },
    };
  },
});

/** The cluster, where an option or the environment names one. */
async function connectionOf({ io, kafka, cluster }: Context<typeof needs>): Promise<Connection | null> {
  return io.connect || (await kafka()) !== null ? cluster() : null;
}

/** Reads the projections of the store, or the one of a name, and what the cluster says of them. */
async function read(
  { databaseUrl: url }: Context<typeof needs>,
  asked: {
    readonly app: string | undefined;
    readonly group: string | undefined;
    readonly connection: Connection | null;
    readonly nowMs: number;
  },
) {
  if (url === null) throw new CommandError("usage", "no database: pass --database-url or set DATABASE_URL");
  // Only these commands need the client.
  const { createStoreReader } = await import("@keyline/postgres");
  const store = createStoreReader({ url, maxConnections: 4 });
  try {
    const { lanes, tables } = await store.projections({ app: asked.app ?? null, nowMs: asked.nowMs });
    if (asked.app !== undefined && lanes.length === 0) {
      const all = await store.projections({ app: null, nowMs: asked.nowMs });
      checkKnown("the store has no projection", asked.app, [...new Set(all.lanes.map(({ app }) => app))]);
    }
    const projections = await observe(lanes, asked.connection, (app) => asked.group ?? app);
    return { projections, tables };
  } finally {
    await store.close();
  }
}

/** The lanes that were named, which the projection must have. */
function lanesOf(named: readonly string[], { app, lanes }: ObservedProjection): readonly number[] {
  for (const one of named)
    checkKnown(
      `${app} has no lane`,
      one,
      lanes.map(({ lane }) => String(lane)),
    );
  return named.map(Number);
}

async function resetAll(plans: readonly ResetPlan[], by: string, { databaseUrl: url }: Context<typeof needs>) {
  const { createPostgresStore } = await import("@keyline/postgres");
  const store = createPostgresStore({ url: url ?? "", maxConnections: 1 });
  try {
    const done: (readonly LaneReset[])[] = [];
    for (const { app, domain, lanes, replaced, lost, publish } of plans) {
      const begins = lost.map(({ topic, partition, records }) => ({ topic, partition, offset: records }));
      done.push(await store.resetLanes({ app, domain, lanes, replaced, begins, publish, by, nowMs: Date.now() }));
    }
    return done;
  } finally {
    await store.close();
  }
}
