import { schemaName } from "@keyline/postgres/database";
import { KeylineError, type Topics } from "@keyline/runtime";
import {
  outboxScope,
  type Senders,
  sendersOf,
  type WriteOptions,
  withUnknownNames,
  writeEvent,
} from "@keyline/runtime/outbox";
import type { Execute } from "@keyline/runtime/store";
import type { Tracing } from "@keyline/runtime/tracing";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { channelOf } from "../table/channel.js";
import { insertRow } from "./insert.js";
import { oneAfterTheOther } from "./one-after-the-other.js";

/** The options of an outbox. `source` is required. */
export interface OutboxOptions {
  /**
   * The name of the publishing service: the `source` of its CloudEvents, and the name before `@outbox#` in
   * `keyline-seq`. At most 240 characters on one line. Use one name for one table: with two tables a key's events would
   * be numbered twice, and readers would drop the lower numbers.
   */
  readonly source: string;
  /** The schema of the tables: a lower-case name. Default `keyline`. */
  readonly schema?: string;
  /**
   * The maximum size of a batch (bytes). Default 1,000,000, as for the transport; Kafka's brokers accept 1,048,588. A
   * larger event is refused when it is written. If this is higher than the limit of the relay's transport, such an
   * event is parked instead, with its key.
   */
  readonly maxBatchBytes?: number;
  /** Writes the active trace to each event. Default none: the trace of a handled event is passed on. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970), for fields that are filled in. Default `Date.now`. */
  readonly clock?: () => number;
}

/** A written event. It is published if and only if its transaction commits. */
export interface Written {
  readonly eventId: string | null;
  readonly key: string | null;
  /** The number of its row, as in `keyline-seq`. */
  readonly number: number;
}

/** One function for each topic, as a producer has them. */
export type OutboxWriter<T extends Topics> = Senders<T, WriteOptions, Written>;

/** Writes events in the caller's transactions. */
export interface Outbox<T extends Topics> {
  /**
   * Writes in the transaction that `execute` runs in: `outbox.within((sql, params) => client.query(sql, params))`. A
   * writer belongs to one transaction. Each call runs one statement, or two if the transaction has written nothing yet;
   * calls run one after the other. It rejects with the errors of `execute` unchanged (for deadlocks and serialization
   * failures, retry the transaction), with `not_in_transaction`, `outbox_too_many_keys` and `outbox_missing`, and with
   * the errors of `send` for an event that does not match its contract.
   */
  within(execute: Execute): OutboxWriter<T>;
  /**
   * Wakes relays that wait for their next poll. Call it after the commit and outside of the transaction: inside,
   * commits would wait for each other. Without it events wait at most 100 ms.
   */
  wake(execute: Execute): Promise<void>;
}

const names: NamesOf<OutboxOptions> = {
  source: true,
  schema: true,
  maxBatchBytes: true,
  tracing: true,
  clock: true,
};

/** Creates the outbox of a contract's topics. Throws `options_invalid` for invalid or unknown options. */
export function createOutbox<T extends Topics>(topics: T, options: OutboxOptions): Outbox<T> {
  checkNames("cannot create an outbox", options, names);
  const schema = schemaName(options.schema);
  const { source, maxBatchBytes = 1_000_000, tracing, clock = Date.now } = options;
  checkSource(source);
  const writing = { source, maxBatchBytes, clock, ...(tracing ? { tracing } : {}) };
  return {
    within(execute) {
      const inTurn = oneAfterTheOther();
      const senders = sendersOf(topics, async (named, input, sendOptions = {}): Promise<Written> => {
        // In the turn of the call: what the caller changes afterwards does not count, and what is handled now is its cause.
        const written = writeEvent(named, input, sendOptions, writing);
        const domain = named.topic.domain?.name ?? null;
        const number = await inTurn(() => insertRow(execute, schema, written, domain));
        return { eventId: written.event.id, key: written.event.key, number: Number(number) };
      });
      return withUnknownNames(senders, "cannot write", "a topic of this contract") as OutboxWriter<T>;
    },
    async wake(execute) {
      await execute("select pg_notify($1::text, '')", [channelOf(schema)]);
    },
  };
}

/** Throws for what no `keyline-seq` can carry. */
function checkSource(source: unknown): void {
  if (typeof source === "string" && /^[^\r\n]+$/.test(source) && outboxScope(source).length <= 247) return;
  throw new KeylineError(
    "options_invalid",
    "the source of an outbox is the publishing service's name: one line of 1 to 240 characters",
  );
}
