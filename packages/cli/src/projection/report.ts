import type { TableSize } from "@keyline/postgres";
import { harmless } from "@keyline/runtime/tools";
import { durationText } from "../cluster/moment.js";
import { bytesText } from "../report/bytes.js";
import { counted, countText } from "../report/counted.js";
import type { ObservedLane, ObservedLog, ObservedProjection } from "./observe.js";

/** How projections stand, for eyes. `nowMs` says how long timers are due. */
export function statusText(
  projections: readonly ObservedProjection[],
  tables: readonly TableSize[],
  nowMs: number,
): string {
  if (projections.length === 0) return "the store has no projection: each appears when it first runs\n";
  return `${[...projections.map((one) => projectionText(one, nowMs)), tablesText(tables)].join("\n\n")}\n`;
}

function projectionText({ app, domain, groupId, group, lanes }: ObservedProjection, nowMs: number): string {
  const members = group ? `${group.state}, ${counted(group.members.length, "member")}` : "members unknown";
  const rows = [
    ["lane", "owner", "epoch", "lag", "keys", "parked", "timers due", "to publish"],
    ...lanes.map((lane) => cellsOf(lane)),
  ];
  const notes = lanes.flatMap((lane) => notesOf(lane, nowMs));
  return [
    `${harmless(app)}  domain ${harmless(domain)}, group ${harmless(groupId)}: ${members}`,
    ...table(rows, 1),
    ...notes,
  ].join("\n");
}

function cellsOf({ lane, owner, epoch, logs, keys, parked, timers, outbox }: ObservedLane): readonly string[] {
  return [
    String(lane),
    owner ? harmless(owner.clientId) : "none",
    countText(epoch),
    lagText(logs),
    countText(keys),
    parked.events === 0 ? "0" : `${countText(parked.events)} of ${counted(parked.keys, "key")}`,
    `${countText(timers.due)} of ${countText(timers.keys)}`,
    countText(outbox),
  ];
}

const lagText = (logs: readonly ObservedLog[]): string =>
  logs.some(({ lag }) => lag === null) ? "?" : countText(logs.reduce((sum, { lag }) => sum + (lag ?? 0), 0));

/** What a lane says beside its row: positions of what lags, what will stop its next owner, timers that wait, its last reset. */
function notesOf({ lane, logs, timers, silence }: ObservedLane, nowMs: number): readonly string[] {
  const lateMs = timers.nextAtMs === null ? 0 : nowMs - timers.nextAtMs;
  return [
    ...logs.filter(({ lag, next, isReplaced }) => lag !== 0 || next === null || isReplaced).map(logText),
    ...(timers.due > 0 ? [`  lane ${lane}: the oldest timer has been due for ${durationText(lateMs)}`] : []),
    ...(isReplaying(logs, silence.silentBelow ?? {})
      ? [`  lane ${lane}: applies its logs again, without publishing`]
      : []),
  ];
}

const isReplaying = (logs: readonly ObservedLog[], silentBelow: Readonly<Record<string, number>>) =>
  logs.some(({ topic, partition, next }) => (next ?? 0) < (silentBelow[`${topic}/${partition}`] ?? 0));

function logText({ topic, partition, next, start, end, lag, isReplaced }: ObservedLog): string {
  const place = `  ${harmless(topic)}/${partition}`;
  const stands = next === null ? "not started" : `next ${countText(next)}`;
  if (start === null || end === null) return `${place}: ${stands}, the cluster was not asked or has no such log`;
  const log = `${stands}, log ${countText(start)} to ${countText(end)}, lag ${countText(lag ?? 0)}`;
  if (isReplaced) return `${place}: ${log}: not the log that was applied (log_replaced)`;
  if (next !== null && next < start)
    return `${place}: ${log}: ${counted(start - next, "record")} lost (offset_out_of_range)`;
  return `${place}: ${log}`;
}

function tablesText(tables: readonly TableSize[]): string {
  const rows = tables.map(({ table: name, bytes, rows: count }) => [name, countText(count), bytesText(bytes)]);
  return ["tables", ...table([["", "rows of these projections", "size with all apps"], ...rows], 0)].join("\n");
}

/** Columns as wide as they must be: the one of names from the left, numbers from the right. */
function table(rows: readonly (readonly string[])[], names: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `  ${cells.join("  ")}`.trimEnd();
  });
}

/** What `--json` prints of a projection. */
export const projectionJson = ({ lanes, group, ...projection }: ObservedProjection) => ({
  ...projection,
  group: group && { state: group.state, assignor: group.assignor, members: group.members.length },
  lanes: lanes.map(({ app: _, domain: __, positions: ___, silence, ...lane }) => ({
    ...lane,
    silentBelow: silence.silentBelow ?? {},
  })),
});
