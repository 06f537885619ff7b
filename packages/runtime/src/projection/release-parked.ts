import { isKeylineError, KeylineError } from "../errors.js";
import { type Arrival, arrive, isRefused, placeOf, positionOf, readArrival, redeliveryOf } from "../lane/arrival.js";
import type { CommandChange, ParkedRow } from "../ports/store.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { applyEvent } from "./apply.js";
import { rowOf } from "./apply-work.js";
import { type Batch, type BatchEntry, emptyBatch } from "./batch.js";
import { believedEvent, reachNumber } from "./believe.js";
import type { KeyState } from "./key-state.js";
import { type LaneParts, loadRows } from "./lane-parts.js";
import { failureOf, parkedAgain, recordOf } from "./parked.js";
import { notedLetter } from "./refuse.js";
import { noteRefused } from "./refused-events.js";
import { type ReleaseStep, type Releases, stoppedAt } from "./releases.js";
import type { OtherChanges, Transactions } from "./transaction.js";

/** Releases one parked event, in a transaction of its own: one that fails then takes nothing else with it. */
export async function releaseParked(
  lane: LaneParts,
  releases: Releases,
  transactions: Transactions,
  step: ReleaseStep,
  signal: AbortSignal,
): Promise<void> {
  const { key } = step.command;
  await loadRows(lane, () => [key], signal);
  if (step.parked) await reachParked(lane, step.parked, signal);
  const { batch, change, error } = applyStep(lane, releases, step);
  const released = batch.entries.length > 0 ? step.parked : null;
  const parked = released ? { parkedRemoved: [released.seq] } : failedAgain(lane, step, error);
  try {
    if (!(await transactions.write(batch, { ...parked, commands: [change] }))) return;
    if (released) lane.spans.end(released, { as: "handled" });
  } finally {
    // What has not ended by now was not written.
    if (released) lane.spans.end(released, { as: "rolledBack" });
  }
  releases.written(change);
  tell(lane, step, released, change);
}

/** Ends the command where it stands, since the store refused the step: the key stays parked. */
export async function stopRelease(
  lane: LaneParts,
  releases: Releases,
  transactions: Transactions,
  step: ReleaseStep,
  error: KeylineError,
): Promise<void> {
  const change = stoppedAt(step, error);
  if (!(await transactions.write(emptyBatch(), { ...failedAgain(lane, step, error), commands: [change] }))) return;
  releases.written(change);
  tell(lane, step, null, change);
}

/** Applies the step in memory. One that fails changes nothing but how the command stands. */
function applyStep(
  lane: LaneParts,
  releases: Releases,
  step: ReleaseStep,
): { readonly batch: Batch; readonly change: CommandChange; readonly error: KeylineError | null } {
  const { command, parked } = step;
  const batch = emptyBatch();
  const row = rowOf(lane, command.key);
  if (!parked || !row) return { batch, change: releases.after(step), error: null };
  try {
    const { outgoing, forgotten = [] } = leaveParked(lane, row, parked, step);
    const left = (row.meta.parked ?? 1) - 1;
    if (left > 0) row.meta.parked = left;
    else delete row.meta.parked;
    batch.entries.push({ key: row.key, work: null, ignored: null, outgoing, refused: null, forgotten });
    batch.changed.set(row.key, row);
    return { batch, change: releases.after(step), error: null };
  } catch (caught) {
    lane.rows.forget([command.key]);
    const error = KeylineError.from(caught, "handler_failed", `cannot apply ${placeOf(parked)}`);
    lane.spans.end(parked, { as: "failed", error, delayMs: null });
    return { batch, change: stoppedAt(step, error), error };
  }
}

/** The event at which a release stopped says why it waits. */
function failedAgain({ env }: LaneParts, { parked }: ReleaseStep, error: KeylineError | null): OtherChanges {
  if (!parked || !error) return {};
  return { parkedRemoved: [parked.seq], parkedAdded: [parkedAgain(parked, error, env.clock())] };
}

/** What leaves by the event: what its reducer emits, or its dead letter. Throws what the reducer throws. */
function leaveParked(
  lane: LaneParts,
  row: KeyState,
  parked: ParkedRow,
  { as, command }: ReleaseStep,
): Pick<BatchEntry, "outgoing" | "forgotten"> {
  const record = recordOf(parked);
  if (as === "skipped") {
    const forgotten = noteRefused(row.meta, positionOf(parked), redeliveryOf(record));
    return { outgoing: [notedLetter(lane, { record, ...failureOf(parked, command.by, lane.env.clock()) })], forgotten };
  }
  const { item, decoded } = arriveAgain(lane, record);
  const event = { ...believedEvent(lane, parked, item, decoded), wasParked: true };
  lane.spans.begin(parked, item, decoded, 1);
  const apply = () => applyEvent(lane.env.projection, row, event, lane.emissionOf(row));
  return { outgoing: lane.spans.run(parked, apply).emitted };
}

/** Asks what its number needs. One that cannot be read needs nothing: that is found when it is applied. */
async function reachParked(lane: LaneParts, parked: ParkedRow, signal: AbortSignal): Promise<void> {
  const item = readable(lane, parked);
  if (item) await reachNumber(lane, parked.key, item, lane.env.nowMs(), signal);
}

function readable(lane: LaneParts, parked: ParkedRow): Arrival | null {
  try {
    return arriveAgain(lane, recordOf(parked)).item;
  } catch (caught) {
    if (isKeylineError(caught)) return null;
    throw caught;
  }
}

/** Reads a record that was parked, by the contract of today. Throws why it cannot be. */
function arriveAgain({ env, clusterId }: LaneParts, record: ConsumerRecord) {
  const topic = env.topics.find(({ address }) => address === record.topic);
  if (!topic) {
    throw new KeylineError("topic_unknown", `${env.projection.name} does not read ${record.topic} any more`);
  }
  const options = {
    reads: new Set<string>(),
    partitions: 1,
    clusterId,
    onWrongPartition: "process",
    hooks: {},
  } as const;
  const { item } = arrive(record, topic, options);
  const decoded = readArrival(item);
  if (isRefused(decoded)) throw decoded;
  return { item, decoded };
}

function tell(
  { env: { hooks, groupId } }: LaneParts,
  { command: { key, by }, as }: ReleaseStep,
  released: ParkedRow | null,
  { result }: CommandChange,
): void {
  if (released) hooks.unparked?.({ ...positionOf(released), key, as, by });
  if (result !== null) hooks.releaseEnded?.({ group: groupId, key, by, result });
}
