import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { isTooLarge, writeLetter } from "../lane/dead-letter.js";
import type { OutboxRow } from "../ports/store.js";
import { type ChainLink, createChain } from "../producer/chain.js";
import type { ProducerCore } from "../producer/core.js";
import { preparedSend, type StoredEvent } from "../producer/stored-event.js";
import { letterRequest, type StoredLetter } from "./stored-letter.js";

export interface PublishOptions {
  readonly topics: Topics;
  readonly core: ProducerCore;
  readonly clusterId: string;
  readonly lane: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string): number;
  /** An event is too large for its topic: writes a dead letter in its place. */
  tooLarge(event: StoredEvent, error: KeylineError): Promise<void>;
}

/**
 * Appends the first of a key's rows, of which none goes after an earlier one has failed, or once `over` is aborted. Resolves to
 * how many of the first are in the log, at least one; rejects if the first is not.
 */
export async function publishRows(
  options: PublishOptions,
  rows: readonly OutboxRow[],
  over: AbortSignal,
): Promise<number> {
  const records = chainOf(rows.map(({ record }) => record as StoredEvent | StoredLetter));
  await refreshOthers(options, records);
  const chain = createChain();
  const stop = () => chain.stop(new KeylineError("lane_fenced", `lane ${options.lane} is another owner's`));
  over.addEventListener("abort", stop);
  const outcomes = await Promise.allSettled(records.map((record) => publish(options, record, chain.join())));
  over.removeEventListener("abort", stop);
  const [first] = outcomes;
  if (first?.status === "rejected") throw first.reason;
  const failed = outcomes.findIndex(({ status }) => status === "rejected");
  return failed === -1 ? records.length : failed;
}

/** The first that may be under way together. A dead letter goes alone: it is no part of a producer's chain. */
function chainOf(records: readonly (StoredEvent | StoredLetter)[]): readonly (StoredEvent | StoredLetter)[] {
  const letter = records.findIndex(({ kind }) => kind === "letter");
  return letter === -1 ? records : records.slice(0, Math.max(1, letter));
}

/** If an event is on a wrong partition, the former owner of this lane may have written the key's own lane. */
async function refreshOthers(
  { core, lane, homeLane }: PublishOptions,
  records: readonly (StoredEvent | StoredLetter)[],
): Promise<void> {
  const homes = records.map((record) =>
    record.kind === "letter" || record.sequence === null || record.key === null ? lane : homeLane(record.key),
  );
  for (const home of new Set(homes)) if (home !== lane) await core.refreshLane(home);
}

/**
 * Appends the record. One that is too large for its topic would be refused for ever, and with it all that its key emits later:
 * instead, a dead letter of the event that emitted it reports it.
 */
async function publish(
  { topics, core, clusterId, tooLarge }: PublishOptions,
  record: StoredEvent | StoredLetter,
  link: ChainLink,
): Promise<void> {
  if (record.kind === "letter") return writeLetter(letterRequest(record), core.writer.write);
  try {
    await core.sendPrepared({ ...preparedSend(topics, record, clusterId), link });
  } catch (caught) {
    link.fail(KeylineError.from(caught, "outcome_unknown", "cannot publish a stored event"));
    if (!isTooLarge(caught)) throw caught;
    await tooLarge(record, caught);
  }
}
