import type { MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import { withUnknownNames } from "../known-names.js";

/** A message of a contract, with its name and its topic's name in code. */
export interface NamedMessage {
  readonly topicName: string;
  readonly topic: TopicDescriptor;
  readonly messageName: string;
  readonly message: MessageDescriptor;
}

/** What a sender's function does with its input and options. */
export type Sending = (named: NamedMessage, input: unknown, options: object | undefined) => unknown;

/** A function for each topic; for a topic with several messages, one for each message. */
export function sendersOf(topics: Topics, send: Sending): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(topics).map(([topicName, topic]) => [topicName, ofTopic(topicName, topic, send)] as const),
  );
}

function ofTopic(topicName: string, topic: TopicDescriptor, send: Sending) {
  const bound = Object.entries(topic.messages).map(([messageName, message]) => {
    const named = { topicName, topic, messageName, message };
    return [messageName, (input: unknown, options?: object) => send(named, input, options)] as const;
  });
  const only = bound[0];
  if (bound.length === 1 && only) return only[1];
  return withUnknownNames(Object.fromEntries(bound), "cannot send", `a message of ${topic.address}`);
}
