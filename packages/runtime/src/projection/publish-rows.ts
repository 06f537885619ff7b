import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { isTooLarge, writeLetter } from "../lane/dead-letter.js";
import type { OutboxRow } from "../ports/store.js";
import { type ChainLink, createChain } from "../producer/chain.js";
import type { PreparedSend, ProducerCore } from "../producer/core.js";
import { orderKeyOf } from "../producer/outgoing.js";
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

type StoredRecord = StoredEvent | StoredLetter;

/**
 * Appends the first of a key's rows, as many as may be under way together: none leaves after an earlier one has failed, or once
 * `over` is aborted. Resolves to how many of the first are in the log, at least one; rejects if the first is not.
 */
export async function publishRows(
  options: PublishOptions,
  rows: readonly OutboxRow[],
  over: AbortSignal,
): Promise<number> {
  const records = chainOf(
    options.topics,
    rows.map(({ record }) => record as StoredRecord),
  );
  await refreshHome(options, records);
  const chain = createChain();
  const outcomes = await Promise.allSettled(
    records.map((record, index) => {
      const link = linkUntil(over, chain.join(), options.lane);
      return index === 0 ? publishOrReport(options, record, link, over) : publish(options, record, link);
    }),
  );
  const [first] = outcomes;
  if (first?.status === "rejected") throw first.reason;
  const failed = outcomes.findIndex(({ status }) => status === "rejected");
  return failed === -1 ? records.length : failed;
}

/**
 * The first that may be under way together: events of one order key, which the producer keeps in order. Another event could be
 * in the log before the first is, and would come again with each attempt at that one.
 */
function chainOf(topics: Topics, records: readonly StoredRecord[]): readonly StoredRecord[] {
  const [order = null] = records.map((record) => orderOf(topics, record));
  const other = records.findIndex((record) => order === null || orderOf(topics, record) !== order);
  return records.slice(0, other === -1 ? records.length : Math.max(1, other));
}

function orderOf(topics: Topics, record: StoredRecord): string | null {
  const topic = record.kind === "event" && Object.hasOwn(topics, record.topic) ? topics[record.topic] : undefined;
  return topic && record.kind === "event" ? orderKeyOf(topic, record) : null;
}

/** If an event is on a wrong partition, the former owner of this lane may have written the key's own lane. */
async function refreshHome({ core, lane, homeLane }: PublishOptions, [record]: readonly StoredRecord[]): Promise<void> {
  if (record?.kind !== "event" || record.sequence === null || record.key === null) return;
  const home = homeLane(record.key);
  if (home !== lane) await core.refreshLane(home);
}

/** A link that stops with the signal as well. */
const linkUntil = (over: AbortSignal, link: ChainLink, lane: number): ChainLink => ({
  fail: link.fail,
  stopped: () =>
    over.aborted ? new KeylineError("lane_fenced", `lane ${lane} is not owned any longer`) : link.stopped(),
});

/**
 * Appends the record. One that is too large for its topic would be refused for ever, and with it all that its key emits later:
 * instead, a dead letter of the event that emitted it reports it, once all earlier ones are in the log.
 */
async function publishOrReport(options: PublishOptions, record: StoredRecord, link: ChainLink, over: AbortSignal) {
  try {
    await publish(options, record, link);
  } catch (caught) {
    if (record.kind === "letter" || !isTooLarge(caught) || over.aborted) throw caught;
    await options.tooLarge(record, caught);
  }
}

async function publish(options: PublishOptions, record: StoredRecord, link: ChainLink) {
  const { core } = options;
  if (record.kind === "letter") return writeLetter(letterRequest(record), core.writer.write);
  await core.sendPrepared({ ...prepare(options, record, link), link });
}

/** Makes the event ready. What the contract has lost stops the chain, which the producer has not seen yet. */
function prepare({ topics, clusterId }: PublishOptions, record: StoredEvent, link: ChainLink): PreparedSend {
  try {
    return preparedSend(topics, record, clusterId);
  } catch (caught) {
    link.fail(KeylineError.from(caught, "options_invalid", `cannot publish a stored event to ${record.topic}`));
    throw caught;
  }
}
