import { randomUUID } from "node:crypto";
import { header } from "../codec/headers.js";
import { KeylineError } from "../errors.js";
import type { Tracing } from "../ports/tracing.js";
import { outgoingOf } from "./caller-send.js";
import { type Outgoing, requestOf } from "./outgoing.js";
import type { NamedMessage } from "./senders.js";
import { outboxScope, type StoredEvent, storedEvent } from "./stored-event.js";
import type { SendOptions } from "./types.js";
import { bytesOf } from "./write-request.js";

/** Options of an event that an app writes into its outbox. */
export type WriteOptions = Omit<SendOptions, "signal">;

type WritingOptions = WriteOptions & { readonly parameters?: Readonly<Record<string, string>> };

/** How an app's events are prepared for its outbox. */
export interface EventWriting {
  /** The name of the publishing service. */
  readonly source: string;
  /** The maximum size of a batch (bytes): a larger event could never be published. */
  readonly maxBatchBytes: number;
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). */
  readonly clock: () => number;
}

/** An event that is ready for an outbox. */
export interface WrittenEvent {
  readonly event: StoredEvent;
  /** The JSON text of the event. */
  readonly text: string;
  /** Events with the same order key keep their order; null if it needs none. */
  readonly orderKey: string | null;
}

/**
 * Prepares an event for an app's outbox: completes it, checks it against its contract as `send` does, and adds its
 * causes. Throws the errors of `send`: `payload_invalid`, `payload_undeclared`, `key_invalid`, `options_invalid`,
 * `record_too_large`.
 */
export function writeEvent(
  { topicName, topic, messageName, message }: NamedMessage,
  input: unknown,
  options: WritingOptions,
  { source, maxBatchBytes, tracing, clock }: EventWriting,
): WrittenEvent {
  const timeMs = clock();
  if ("signal" in options)
    throw new KeylineError("options_invalid", `cannot write ${topicName} to the outbox: there is no option signal`);
  const outgoing = outgoingOf(topic, message, input, options, timeMs);
  const { prepared, handled, after, headers, orderKey } = outgoing;
  const event = storedEvent(prepared, {
    ...{ topic: topicName, message: messageName, timeMs, sequence: null },
    trace: activeTrace(tracing) ?? outgoing.trace,
    causes: handled?.causes ?? [],
    written: {
      ...{ source, after, parameters: options.parameters ?? {} },
      // Published twice it must have one id, whatever the contract says about ids.
      recordId: prepared.id ?? randomUUID(),
      clusterId: handled?.clusterId ?? null,
      headers: Object.fromEntries(headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")])),
    },
  });
  const text = textOf(event, topic.address);
  // Most are far below the limit: only what might not fit is weighed.
  if (text.length * 4 >= maxBatchBytes) checkSize(outgoing, source, maxBatchBytes);
  return { event, text, orderKey };
}

function activeTrace(tracing: Tracing | undefined) {
  const active = tracing?.active() ?? {};
  return Object.keys(active).length > 0 ? active : null;
}

function textOf(event: StoredEvent, address: string): string {
  try {
    return JSON.stringify(event);
  } catch (caught) {
    throw KeylineError.from(caught, "payload_invalid", `the event of ${address} cannot be written as JSON`);
  }
}

/** As long as the number of a row can be. */
const longestNumber = "#999999999999999";

function checkSize(outgoing: Outgoing, source: string, maxBytes: number): void {
  const headers = [...outgoing.headers, header("keyline-seq", `${outboxScope(source)}${longestNumber}`)];
  const bytes = bytesOf(requestOf({ ...outgoing, headers }, { source, clusterId: "", partition: 0, known: () => [] }));
  if (bytes <= maxBytes) return;
  const { address, prepared } = outgoing;
  throw new KeylineError(
    "record_too_large",
    `cannot write to ${address}: the event has ${bytes} bytes, at most ${maxBytes} fit a batch`,
    prepared.id ? { eventId: prepared.id } : {},
  );
}
