import type { EventOf, TopicDescriptor, Topics } from "@keyline/runtime";
import { sendersOf, writeEvent } from "@keyline/runtime/outbox";
import type { Outbox, OutboxWriter, Written } from "../write/create-outbox.js";

type MessageOf<Topic extends TopicDescriptor> = Topic["messages"][keyof Topic["messages"]];

/** A written event. */
export interface WrittenInTest<Event = unknown> {
  readonly message: string;
  readonly key: string | null;
  /** The caller's event, with missing fields filled in. */
  readonly event: Event;
  readonly headers: Readonly<Record<string, string>>;
}

/** An outbox for tests: events are checked against their contract and collected; no database is needed. */
export interface TestOutbox<T extends Topics> extends Outbox<T> {
  /** The events of each topic since the last `clear`, in order. */
  readonly written: { readonly [Name in keyof T]: readonly WrittenInTest<EventOf<MessageOf<T[Name]>>>[] };
  /** The events of all topics since the last `clear`, in order. */
  readonly all: readonly (WrittenInTest & { readonly topic: keyof T & string })[];
  /** Removes the collected events, as a transaction that rolls back does. */
  clear(): void;
}

/**
 * Creates an outbox that collects events. `within` accepts any argument: nothing is executed. It rejects invalid events
 * with the codes of `createOutbox`'s outbox (`payload_invalid`, `payload_undeclared`, `key_invalid`, `options_invalid`,
 * `record_too_large`). Options: `source`, default `test`, and `maxBatchBytes`, default 1,000,000.
 */
export function createTestOutbox<T extends Topics>(
  topics: T,
  { source = "test", maxBatchBytes = 1_000_000 }: { readonly source?: string; readonly maxBatchBytes?: number } = {},
): TestOutbox<T> {
  // Invariant: `all` has every event that was written since the last `clear`, in the order of the calls.
  const all: (WrittenInTest & { topic: keyof T & string })[] = [];
  const writer = sendersOf(topics, async (named, input, options = {}): Promise<Written> => {
    const { event } = writeEvent(named, input, options, { source, maxBatchBytes, clock: Date.now });
    const { message, key, id, payload, written } = event;
    const topic = named.topicName as keyof T & string;
    all.push({ topic, message, key, event: payload, headers: written?.headers ?? {} });
    return { eventId: id, key, number: all.length };
  }) as OutboxWriter<T>;
  const writtenTo = Object.keys(topics).map(
    (name) => [name, { enumerable: true, get: () => all.filter(({ topic }) => topic === name) }] as const,
  );
  return {
    within: () => writer,
    wake: async () => undefined,
    written: Object.defineProperties({}, Object.fromEntries(writtenTo)) as TestOutbox<T>["written"],
    all,
    clear() {
      all.length = 0;
    },
  };
}
