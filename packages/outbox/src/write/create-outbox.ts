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

/** How an outbox is made. Look first at `source`; the rest has defaults that fit. */
export interface OutboxOptions {
  /**
   * The publishing service's name: the `source` of its CloudEvents, and the name before `@outbox#` in `keyline-seq`. At most
   * 240 characters on one line. One name for one table: in two tables it would number a key's events twice, and readers
   * would drop the lower numbers.
   */
  readonly source: string;
  /** The schema that holds the tables: a lower-case name. Default `keyline`. */
  readonly schema?: string;
  /**
   * What a batch may have (bytes). Default 1,000,000, as the transport's; Kafka's brokers take 1,048,588. A larger event is
   * refused when it is written: with a higher number than the relay's transport has, it is parked instead, with its key.
   */
  readonly maxBatchBytes?: number;
  /** The trace that is active where an event is written goes with it. Default none: that of a handled event is passed on. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970), for fields that are filled in. Default `Date.now`. */
  readonly clock?: () => number;
}

/** Where a written event stands. It is published if and only if its transaction commits. */
export interface Written {
  readonly eventId: string | null;
  readonly key: string | null;
  /** The number of its row, as `keyline-seq` will have it. */
  readonly number: number;
}

/** One function for each topic, as a producer has them. */
export type OutboxWriter<T extends Topics> = Senders<T, WriteOptions, Written>;

/** Writes events in the caller's transactions. */
export interface Outbox<T extends Topics> {
  /**
   * Writes in the transaction that `execute` runs in: `outbox.within((sql, params) => client.query(sql, params))`. A writer
   * serves one transaction. Each call runs one statement, the first of a transaction that has written nothing two, one call after the other; it rejects with what `execute` throws,
   * as it is (deadlocks and serialization failures too: the transaction is to be tried again), with `not_in_transaction`,
   * `outbox_too_many_keys`, `outbox_missing`, and with what `send` rejects with where the event is not as its contract says.
   */
  within(execute: Execute): OutboxWriter<T>;
  /**
   * Wakes relays that wait for their next look. Call it after the commit and outside of the transaction: within, it would make
   * commits wait for each other. Without it events wait 100 ms at most.
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

/** Makes the outbox of a contract's topics. Throws `options_invalid`. */
export function createOutbox<T extends Topics>(topics: T, options: OutboxOptions): Outbox<T> {
  checkNames("cannot make an outbox", options, names);
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
