import type { ReadChannel } from "../model/channel.js";
import type { Reading } from "../model/document.js";
import type { ReadMessage } from "../model/message.js";
import { parseLocation } from "../model/message.js";
import { follow } from "../refs/resolve.js";
import { alternatives, declared } from "../schemas/alternatives.js";
import { entry, items, type SourceNode, text } from "../source/tree.js";

/** Checks that the header of a record names one message of its channel: those of several channels are checked where these join. */
export const checkNames = (reading: Reading, { channel, parts }: ReadChannel): void => {
  for (const { messages } of parts) {
    const ofName = new Map<string, string>();
    for (const { message } of messages) {
      const { id, name, position } = message;
      const first = ofName.get(name);
      if (first === undefined) ofName.set(name, id);
      else
        reading.reporter.report("message-duplicate", position, {
          message: `messages ${first} and ${id} of channel ${channel.id} have the same name ${name}`,
          fix: "give one of them another name; or, if they are one message, write it once and refer to it",
        });
    }
  }
};

/** Whether a schema says nothing about its properties, so that any may be there. */
const isOpen = (way: readonly SourceNode[]) => way.every((schema) => !entry(schema, "properties"));

const resolves = (reading: Reading, schemas: readonly SourceNode[], path: readonly string[]): boolean => {
  const [token, ...rest] = path;
  if (token === undefined) return true;
  const ways = alternatives(reading.files, schemas);
  if (ways === null) return true;
  return ways.some((way) => {
    const found = declared(reading.files, way, token);
    return found.length > 0 ? resolves(reading, found, rest) : isOpen(way);
  });
};

/** Checks that the correlation id's location leads somewhere. */
export const checkCorrelation = (reading: Reading, { node, message, payload, headers }: ReadMessage): void => {
  const at = follow(reading.files, node, "correlationId", "location");
  const written = text(at);
  if (!at || written === null) return;
  const location = parseLocation(written);
  const schema = location?.in === "header" ? headers : payload;
  if (location && (schema === undefined || resolves(reading, [schema], location.path))) return;
  const rule = location?.in === "header" ? "correlation-header" : "correlation-unresolved";
  reading.reporter.report(rule, at.position, {
    message: `the correlation id of message ${message.name} lies at ${written}, which its schema does not declare`,
    fix: "correct the location, or declare the field there",
  });
};

const eventTypes = (reading: Reading, { payload }: ReadMessage): readonly SourceNode[] => {
  const ways = payload ? (alternatives(reading.files, [payload]) ?? []) : [];
  return ways.flatMap((way) => declared(reading.files, way, "event_type"));
};

/** The constants that schemas allow for `event_type`. */
const constants = (nodes: readonly SourceNode[]): readonly SourceNode[] =>
  nodes.flatMap((node) => {
    const constant = entry(node, "const");
    const allowed = items(entry(node, "enum"));
    return constant ? [constant] : allowed.length === 1 ? allowed : [];
  });

const checkEventType = (reading: Reading, { channel }: ReadChannel, one: ReadMessage) => {
  const { reporter } = reading;
  const { name, position } = one.message;
  const found = constants(eventTypes(reading, one));
  const fix = `declare event_type in its payload with const: ${channel.address}`;
  if (found.length === 0) {
    return reporter.report("event-type", position, { message: `message ${name} has no constant event_type`, fix });
  }
  const differing = found.find((node) => text(node) !== channel.address);
  if (!differing) return;
  const written = JSON.stringify(text(differing));
  const message = `the event_type ${written} of message ${name} differs from its topic ${channel.address}`;
  reporter.report("event-type", differing.position, { message, fix });
};

/**
 * Checks `event_type` in the messages of domains. A contract in which no message declares such a field names its
 * events otherwise; nothing is said about those. A channel with several messages has several event types.
 */
export const checkEventTypes = (reading: Reading, channels: readonly ReadChannel[]): void => {
  const used = channels.some(({ messages }) => messages.some((one) => eventTypes(reading, one).length > 0));
  if (!used) return;
  for (const channel of channels) {
    const [only, ...others] = channel.messages;
    if (only && others.length === 0 && channel.channel.address !== null) checkEventType(reading, channel, only);
  }
};
