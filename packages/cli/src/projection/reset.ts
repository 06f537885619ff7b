import type { LaneReset } from "@keyline/runtime/store";
import { harmless } from "@keyline/runtime/tools";
import type { TopicPartition } from "@keyline/runtime/transport";
import { CommandError } from "../command/outcome.js";
import { counted, countText } from "../report/counted.js";
import type { ObservedLane, ObservedLog, ObservedProjection } from "./observe.js";

/** What resetting lanes would do. */
export interface ResetPlan {
  readonly app: string;
  readonly domain: string;
  readonly groupId: string;
  /** Whether the cluster knows the group: without it, nothing says that no copy runs. */
  readonly isGroupKnown: boolean;
  readonly publish: boolean;
  readonly lanes: readonly number[];
  /** Lanes that are not reset. */
  readonly others: number;
  readonly keys: number;
  readonly parked: number;
  /** Events that wait to be published. */
  readonly outbox: number;
  readonly timers: number;
  /** Logs that have lost their beginnings: what their first records gave is lost. */
  readonly lost: readonly (TopicPartition & { readonly records: number })[];
  /** The oldest parked events that are in no log any more. */
  readonly lostParked: readonly (TopicPartition & { readonly offset: number })[];
  /** Logs that are not those that were applied: all of their events are new. */
  readonly replaced: readonly TopicPartition[];
  /** Logs that are not there any more. */
  readonly gone: readonly TopicPartition[];
}

/** Plans a reset of the lanes of these numbers, of all where there are none. */
export function planReset(projection: ObservedProjection, numbers: readonly number[], publish: boolean): ResetPlan {
  const { app, domain, groupId, group, lanes: all } = projection;
  const lanes = numbers.length === 0 ? all : all.filter(({ lane }) => numbers.includes(lane));
  const logs = lanes.flatMap((lane) => lane.logs);
  const sum = (of: (lane: ObservedLane) => number) => lanes.reduce((total, lane) => total + of(lane), 0);
  return {
    ...{ app, domain, groupId, publish, isGroupKnown: group !== null },
    ...{ lanes: lanes.map(({ lane }) => lane), others: all.length - lanes.length },
    keys: sum(({ keys }) => keys),
    parked: sum(({ parked }) => parked.events),
    outbox: sum(({ outbox }) => outbox),
    timers: sum(({ timers }) => timers.keys),
    lost: logs.flatMap((log) => (log.start ? [{ ...placeOf(log), records: log.start }] : [])),
    lostParked: lanes.flatMap((lane) => lane.parked.first.filter((first) => isLost(first, lane.logs))),
    replaced: logs.filter(({ isReplaced }) => isReplaced).map(placeOf),
    gone: logs.filter(({ end }) => end === null).map(placeOf),
  };
}

const placeOf = ({ topic, partition }: TopicPartition) => ({ topic, partition });

function isLost(
  { topic, partition, offset }: TopicPartition & { readonly offset: number },
  logs: readonly ObservedLog[],
) {
  const log = logs.find((one) => one.topic === topic && one.partition === partition);
  return log === undefined || log.isReplaced || log.start === null || offset < log.start;
}

/** Refuses a reset while a copy runs, or where it is not known. */
export function refuseRunning({ app, groupId, group }: ObservedProjection): void {
  if (!group) return;
  const { state, members } = group;
  if (members.length > 0) {
    const clients = [...new Set(members.map(({ clientId }) => clientId))].join(", ");
    throw new CommandError(
      "couldNotRun",
      `${app} runs: group ${groupId} has ${counted(members.length, "member")} (${clients}): stop every copy, then reset it`,
    );
  }
  if (state === "Unknown") {
    throw new CommandError(
      "couldNotRun",
      `cannot tell whether a copy of ${app} runs: the members of group ${groupId} cannot be seen: allow DESCRIBE on the group`,
    );
  }
}

/** The plan for eyes. */
export function planText(plan: ResetPlan): string {
  const { app, domain, lanes, others, keys, timers, publish } = plan;
  const which =
    others === 0 ? `all ${counted(lanes.length, "lane")}` : `lane ${lanes.join(", ")} of ${lanes.length + others}`;
  const head = `reset ${harmless(app)}, ${which} of ${harmless(domain)}: ${counted(keys, "key")} and ${counted(timers, "timer")} begin again from the logs`;
  return `${[head, ...(publish ? publishLines : silentLines), ...aside(plan), ...missing(plan)].join("\n  ")}\n`;
}

const silentLines = [
  "What was applied until now is applied again, and nothing that it emits is published; what comes then is, numbered on.",
];

const publishLines = [
  "Everything that is emitted again is published again (--publish), with the ids of the first time and new numbers:",
  "  projections ignore ids that are among the last 64 of their key and apply older ones a second time; handlers get all.",
];

function aside({ parked, outbox, isGroupKnown, groupId, others }: ResetPlan): readonly string[] {
  return [
    ...(parked === 0
      ? []
      : [`${counted(parked, "parked event")}: applied from the logs, and what they emit is published.`]),
    ...(outbox === 0 ? [] : [`${counted(outbox, "event")} to publish: stay, and the next copy publishes them first.`]),
    ...(others === 0
      ? []
      : ["Events of these keys on other lanes (wrong partition) are not applied again before those are reset."]),
    ...(isGroupKnown
      ? []
      : [`The cluster has no group ${harmless(groupId)}: if copies run in another one, name it with --group.`]),
  ];
}

/** What the logs do not have any more. */
function missing({ lost, lostParked, replaced, gone }: ResetPlan): readonly string[] {
  const name = ({ topic, partition }: TopicPartition) => `${harmless(topic)}/${partition}`;
  return [
    ...lost.map((log) => `${name(log)} has lost its first ${counted(log.records, "record")}: what they gave is gone.`),
    ...lostParked.map(
      (first) => `Parked events from ${name(first)}@${countText(first.offset)} on are in no log: they are lost.`,
    ),
    ...replaced.map(
      (log) => `${name(log)} is not the log that was applied: its events are new, and what they emit is published.`,
    ),
    ...gone.map((log) => `${name(log)} is not on the cluster: what it gave is gone.`),
  ];
}

/** What was done, a line for each lane, for eyes. */
export const doneText = ({ app }: ResetPlan, done: readonly LaneReset[], by: string): string =>
  done
    .map(({ lane, epoch, keys }) => `${harmless(`reset ${app} lane ${lane} by ${by}: ${keys} keys, epoch ${epoch}`)}\n`)
    .join("");
