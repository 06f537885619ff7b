import { endlessness } from "@keyline/json-schema";
import type { OpaqueChannel } from "../contract.js";
import type { RuleId } from "../rules/rules.js";
import { severityOf } from "../rules/rules.js";
import { fingerprintOf } from "../schemas/fingerprint.js";
import type { Refusal } from "../schemas/refusals.js";
import { entry, text } from "../source/tree.js";
import type { ReadChannel } from "./channel.js";
import type { Reading } from "./document.js";
import { type ReadMessage, schemaNodes } from "./message.js";
import type { Placed } from "./placed.js";

/** Why no code can be generated for a channel. */
interface Reason extends Refusal {
  readonly rule: RuleId;
}

/** JSON in all its names: `application/json; charset=utf-8`, `application/cloudevents+json`. */
const isJson = (contentType: string) => /(^|[/+])json\s*(;|$)/i.test(contentType.trim());

/** A message whose records are something else, by what the document says: code would write JSON beside them. */
const foreignContent = ({ root }: Reading, messages: readonly ReadMessage[]): Reason | null => {
  for (const { message, node } of messages) {
    const at = entry(node, "contentType") ?? entry(root, "defaultContentType");
    const contentType = text(at);
    if (!at || contentType === null || isJson(contentType)) continue;
    return {
      rule: "content-type",
      position: at.position,
      message: `message ${message.name} has the content type ${JSON.stringify(contentType)}, and code is generated for JSON`,
      fix: "write contentType: application/json if the topic carries JSON",
    };
  }
  return null;
};

/** A schema that is well-formed, and that no code can hold a value against. */
const unsupported = (reading: Reading, messages: readonly ReadMessage[]): Reason | null => {
  const shared = reading.schemas.collected(messages.flatMap(schemaNodes));
  const named = new Map(shared.map(({ name, schema }) => [name, schema]));
  const all = [
    ...shared.map((one) => ({ ...one, subject: `schema ${one.name}` })),
    ...messages.map(({ message: { id, payload, position } }) => {
      return { name: null, schema: payload, position, subject: `message ${id}` };
    }),
  ];
  for (const { name, schema, position, subject } of all) {
    const endless = endlessness(name, schema, (one) => named.get(one));
    if (endless === null) continue;
    const fix = "cut one of its links, so that it no longer leads back to itself for the same value";
    return { rule: "schema-unsupported", position, message: `${subject}: ${endless}`, fix };
  }
  return null;
};

/** The one place where it is decided whether a channel can be generated; null where it can. */
const reasonOf = (reading: Reading, { channel, node, messages }: ReadChannel): Reason | null => {
  if (channel.address === null) {
    const { position } = entry(node, "address") ?? channel;
    const fix = "set its address to the topic's name, or topic in its Kafka binding";
    return { rule: "address-null", position, message: "its address is null, so its topic is unknown", fix };
  }
  if (messages.length === 0) {
    const fix = "add what its topic carries to its messages";
    return { rule: "message-missing", position: channel.position, message: "it has no message", fix };
  }
  const [first, ...others] = reading.schemas.refusals(messages.flatMap(schemaNodes));
  if (first === undefined) return unsupported(reading, messages) ?? foreignContent(reading, messages);
  const count = others.length === 1 ? "1 other schema" : `${others.length} other schemas`;
  const more = others.length === 0 ? "" : `; ${count} of the channel cannot be generated either`;
  return { ...first, rule: "schema-format", message: `${first.message}${more}` };
};

const countText = (count: number) => (count === 0 ? "" : ` with ${count} message${count === 1 ? "" : "s"}`);

/** Reports a channel that is left out. In a domain, this is an error: the order of its keys would have a gap. */
const report = (reading: Reading, { read, domain }: Placed, { rule, position, message, fix }: Reason): void => {
  const { reporter, isStrict } = reading;
  const { id, messages } = read.channel;
  if (domain !== null) {
    reporter.report("ordering-opaque", position, {
      message: `channel ${id}${countText(messages.length)} cannot be generated, and domain ${domain} needs it: ${message}`,
      fix: `add x-ordering: none to the channel, which leaves it out of the domain; or ${fix}`,
    });
    return;
  }
  const severity = isStrict ? "error" : severityOf(rule);
  const outcome = severity === "error" ? "cannot be generated" : "is left out";
  const text = `channel ${id}${countText(messages.length)} ${outcome}: ${message}`;
  const { file, line, column } = position;
  reporter.add([{ file, line, column, rule, severity, message: text, fix }]);
};

const toOpaque = (reading: Reading, { channel, messages }: ReadChannel, { message }: Reason): OpaqueChannel => {
  const { messages: named, ...topic } = channel;
  return {
    ...topic,
    domain: null,
    wire: null,
    reason: message,
    messageNames: named.map(({ name }) => name),
    fingerprint: fingerprintOf(reading.files, messages),
  };
};

/** Kafka channels by whether code can be generated for them. */
export interface Sorted {
  readonly generated: readonly Placed[];
  readonly opaque: readonly OpaqueChannel[];
}

/**
 * Separates the channels that can be generated from those that cannot, and reports each of the latter once. If a channel has
 * several messages, either all can be generated or none: a consumer could not distinguish the records of the others.
 */
export const sortChannels = (reading: Reading, placed: readonly Placed[]): Sorted => {
  const judged = placed.map((one) => ({ one, reason: reasonOf(reading, one.read) }));
  const generated = judged.flatMap(({ one, reason }) => (reason === null ? [one] : []));
  const opaque = judged.flatMap(({ one, reason }) => {
    if (reason === null) return [];
    report(reading, one, reason);
    return [toOpaque(reading, one.read, reason)];
  });
  return { generated, opaque };
};
