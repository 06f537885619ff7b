import type { TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { withNearest } from "../known-names.js";
import type { ReadTopic } from "../lane/arrival.js";
import { addressOf } from "../topic-address.js";

/** The topics that handlers (or reducers) name, with their concrete addresses. */
export function readTopics(
  topics: Topics,
  on: Readonly<Record<string, unknown>>,
  parameters: Readonly<Record<string, readonly Readonly<Record<string, string>>[] | undefined>> = {},
): ReadTopic[] {
  const names = Object.keys(on).filter((name) => on[name] !== undefined);
  for (const name of Object.keys(parameters)) topicOf(topics, name);
  if (names.length === 0) throw new KeylineError("options_invalid", "`on` names no topic: add at least one handler");
  return names.flatMap((name) => {
    const topic = topicOf(topics, name);
    checkHandler(name, topic, on[name]);
    return addressesOf(name, topic, parameters[name] ?? []).map((address) => ({ name, topic, address }));
  });
}

function topicOf(topics: Topics, name: string): TopicDescriptor {
  const topic = Object.hasOwn(topics, name) ? topics[name] : undefined;
  if (topic) return topic;
  const text = withNearest(`${name} is not a topic of this contract`, name, Object.keys(topics));
  throw new KeylineError("options_invalid", `cannot read ${name}: ${text}`);
}

/** Callers without types may give what is not a function, or a message that there is not: its events would have no handler. */
function checkHandler(name: string, { messages }: TopicDescriptor, entry: unknown): void {
  if (typeof entry === "function") return;
  if (typeof entry !== "object" || entry === null)
    throw new KeylineError("options_invalid", `cannot read ${name}: \`on.${name}\` is not a function`);
  for (const [message, handler] of Object.entries(entry)) {
    if (handler === undefined) continue;
    if (!Object.hasOwn(messages, message)) {
      const text = withNearest(`${message} is not a message of ${name}`, message, Object.keys(messages));
      throw new KeylineError("options_invalid", `cannot read ${name}: ${text}`);
    }
    if (typeof handler !== "function")
      throw new KeylineError("options_invalid", `cannot read ${name}: \`on.${name}.${message}\` is not a function`);
  }
}

function addressesOf(name: string, topic: TopicDescriptor, choices: readonly Readonly<Record<string, string>>[]) {
  if (topic.parameters.length === 0) return [topic.address];
  if (choices.length > 0) return choices.map((choice) => addressOf(topic, choice));
  throw new KeylineError(
    "options_invalid",
    `cannot read ${name}: its address ${topic.address} has parameters: say which in \`parameters.${name}\``,
  );
}

/** The function for one message: `on.topic`, or `on.topic.message` for a topic of several messages. */
export function handlerOf(entry: unknown, message: string): ((...args: never[]) => unknown) | undefined {
  const handler =
    typeof entry === "object" && entry !== null && Object.hasOwn(entry, message)
      ? (entry as Record<string, unknown>)[message]
      : entry;
  return typeof handler === "function" ? (handler as (...args: never[]) => unknown) : undefined;
}
