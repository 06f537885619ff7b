import { randomUUID } from "node:crypto";
import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { checkNames, type NamesOf } from "../known-names.js";
import { addressOf } from "../topic-address.js";
import { currentHandling } from "./handling.js";
import { customHeaders, type Outgoing, orderKeyOf, positionsOf } from "./outgoing.js";
import { prepareEvent } from "./prepare.js";
import type { SendOptions } from "./types.js";

export type SendingOptions = SendOptions & { readonly parameters?: Readonly<Record<string, string>> };

/** What a caller sends, made whole: with what the event that is being handled passes on. */
export function outgoingOf(
  topic: TopicDescriptor,
  message: MessageDescriptor,
  input: unknown,
  options: SendingOptions,
  timeMs: number,
): Outgoing {
  checkOptions(topic, options);
  const handling = currentHandling();
  const prepared = prepareEvent(topic, message, input, {
    id: randomUUID,
    correlationId: handling?.correlationId ?? null,
    timeMs,
  });
  return {
    topic,
    address: addressOf(topic, options.parameters ?? {}),
    message,
    prepared,
    orderKey: orderKeyOf(topic, prepared),
    trace: handling?.trace ?? null,
    isStored: false,
    after: positionsOf(options.after),
    handled: handling ?? null,
    headers: options.headers ? customHeaders(topic, options.headers) : [],
    ...(options.signal ? { signal: options.signal } : {}),
  };
}

/** Names of the options of a send. */
const sendNames: NamesOf<SendingOptions> = { after: true, headers: true, parameters: true, signal: true };

/** Callers without types may take one for another, such as a key: what is not known has no effect. */
function checkOptions(topic: TopicDescriptor, options: unknown): void {
  const subject = `cannot send to ${topic.address}`;
  if (typeof options !== "object" || options === null)
    throw new KeylineError("options_invalid", `${subject}: the options are not an object`);
  const derived = Object.keys(options).find((name) => name === "key" || name === "partition");
  if (derived !== undefined)
    throw new KeylineError("options_invalid", `${subject}: there is no option ${derived}: it follows from the event`);
  checkNames(subject, options, sendNames);
}
