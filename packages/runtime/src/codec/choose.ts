import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import type { Headers } from "../ports/transport.js";
import { valueAt } from "../text/pointer.js";
import { type DecodeFailure, failure } from "./decoded.js";
import type { Envelope } from "./envelope.js";
import { headerNames, headerText } from "./headers.js";
import { schemaIssues } from "./validate.js";

/** A topic's message, with its name in code. */
export type NamedMessage = readonly [name: string, message: MessageDescriptor];

/**
 * Which of the topic's messages an event is: its only one, else by the header `keyline-message`, the CloudEvent's type,
 * the event type in the payload, the only schema that accepts the payload.
 */
export function chooseMessage(
  topic: TopicDescriptor,
  headers: Headers,
  envelope: Envelope,
): NamedMessage | DecodeFailure {
  const messages = messagesOf(topic);
  const [first, second] = messages;
  if (first && !second) return first;
  const named = headerText(headers, headerNames.message);
  if (named !== null) {
    // Never guessed: a newer producer's message may happen to fit an older schema.
    const found = only(messages, ([, message]) => message.name === named);
    return (
      found ?? failure("message_ambiguous", `the topic ${topic.address} has no message that the header names`, [named])
    );
  }
  return (
    only(messages, ([, message]) => envelope.type !== null && isTypeOf(message, envelope.type)) ??
    only(messages, ([, { type }]) => type !== null && valueAt(envelope.data, type.path) === type.value) ??
    bySchema(messages, topic, envelope.data)
  );
}

/** Whether a CloudEvent's type means this message. */
export function isTypeOf(message: MessageDescriptor, type: string): boolean {
  return message.type?.value === type || message.name === type;
}

function bySchema(
  messages: readonly NamedMessage[],
  topic: TopicDescriptor,
  payload: unknown,
): NamedMessage | DecodeFailure {
  const accepting = messages.filter(([, message]) => schemaIssues(message, payload).length === 0);
  const [first] = accepting;
  if (first && accepting.length === 1) return first;
  const count = accepting.length === 0 ? "none" : accepting.length;
  const names = accepting.map(([, message]) => message.name);
  return failure("message_ambiguous", `${count} of the messages of ${topic.address} accept the payload`, names);
}

function only(messages: readonly NamedMessage[], fits: (message: NamedMessage) => boolean): NamedMessage | null {
  let found: NamedMessage | null = null;
  for (const message of messages) {
    if (!fits(message)) continue;
    if (found) return null;
    found = message;
  }
  return found;
}

// Invariant: what is known of a topic is what its descriptor says, which never changes.
const known = new WeakMap<TopicDescriptor, readonly NamedMessage[]>();

/** The messages as a list, made once for each topic. */
function messagesOf(topic: TopicDescriptor): readonly NamedMessage[] {
  const made = known.get(topic) ?? Object.entries(topic.messages);
  known.set(topic, made);
  return made;
}
