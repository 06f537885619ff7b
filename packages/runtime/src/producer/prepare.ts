import { issuesText, schemaIssues } from "../codec/validate.js";
import type { DomainDescriptor, Fill, MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { keyIn } from "../key/canonical.js";
import { undeclaredPaths } from "../schema/undeclared.js";
import { deepestJson, isDeeper } from "../text/json-value.js";
import { textAt, valueAt } from "../text/pointer.js";
import { writtenBeyondSafe } from "../text/safe-integers.js";
import { dateTimeText } from "../text/time.js";

/** What fills the fields that the caller left out. */
export interface Filling {
  readonly id: () => string;
  readonly correlationId: string | null;
  readonly timeMs: number;
}

/** An event that fits its contract, whole. */
export interface PreparedEvent {
  readonly payload: unknown;
  /** The canonical key; null on an unkeyed topic. */
  readonly key: string | null;
  readonly id: string | null;
  readonly correlationId: string | null;
}

/**
 * Fills in what is missing, then checks the event against its contract. Throws `payload_invalid`, `payload_undeclared`,
 * `key_invalid`.
 */
export function prepareEvent(
  topic: TopicDescriptor,
  message: MessageDescriptor,
  input: unknown,
  filling: Filling,
): PreparedEvent {
  const subject = `cannot send to ${topic.address}`;
  const payload = filledIn(input, message.fill, filling);
  // First: what is too deep, as a circle is, may be too deep for its schema as well.
  if (isDeeper(payload, deepestJson - (topic.wire === "cloudevents" ? 1 : 0)))
    throw new KeylineError("payload_invalid", `${subject}: it has more levels than the ${deepestJson} of a record`);
  const issues = schemaIssues(message, payload);
  if (issues.length > 0) throw new KeylineError("payload_invalid", `${subject}: ${issuesText(issues)}`, { issues });
  const undeclared = undeclaredPaths(payload, message.declared);
  if (undeclared.length > 0) {
    throw new KeylineError("payload_undeclared", `${subject}: the contract declares no ${undeclared.join(", no ")}`, {
      issues: undeclared,
    });
  }
  const prepared = {
    payload,
    key: topic.domain && message.key ? keyOf(subject, valueAt(payload, message.key), topic.domain) : null,
    id: textAt(payload, message.id),
    correlationId:
      message.correlation?.in === "payload" ? textAt(payload, message.correlation.path) : filling.correlationId,
  };
  checkIntegers(subject, payload);
  return prepared;
}

/**
 * Throws `payload_invalid` for an integer that readers cannot tell from its neighbours. Here and not where the record is made: what
 * a reducer emits is stored first, and what is stored must not be refused later.
 */
function checkIntegers(subject: string, payload: unknown): void {
  const path = writtenBeyondSafe(payload);
  if (path === null) return;
  const issue = `${path === "" ? "payload" : path}: an integer beyond 2^53-1 loses digits where it is read`;
  throw new KeylineError("payload_invalid", `${subject}: ${issue}: send it as text`, { issues: [issue] });
}

/** A copy of the input with what is missing filled in; the input itself where nothing is. */
function filledIn(input: unknown, fills: readonly Fill[], filling: Filling): unknown {
  let payload = input;
  for (const fill of fills) {
    if (valueAt(payload, fill.path) !== undefined) continue;
    const content = contentOf(fill, filling);
    // One copy serves all fields at the top.
    if (payload !== input && fill.path.length === 1) define(payload, fill.path[0] ?? "", content);
    else payload = withValue(payload, fill.path, content);
  }
  return payload;
}

function contentOf(fill: Fill, filling: Filling): unknown {
  switch (fill.with) {
    case "id":
      return filling.id();
    case "correlation":
      return filling.correlationId ?? filling.id();
    case "now":
      return dateTimeText(filling.timeMs);
    case "const":
      return fill.value;
  }
}

function keyOf(subject: string, value: unknown, domain: DomainDescriptor): string {
  try {
    return keyIn(domain, value);
  } catch (caught) {
    const error = KeylineError.from(caught, "key_invalid", subject);
    throw new KeylineError(error.code, `${subject}: ${error.rawMessage}`, { cause: error });
  }
}

/** A copy with `content` at the path. Where the path does not lead through objects, the value as it is. */
function withValue(value: unknown, path: readonly string[], content: unknown): unknown {
  const [token, ...rest] = path;
  if (token === undefined) return content;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const inner = Object.hasOwn(value, token) ? (value as Record<string, unknown>)[token] : undefined;
  if (inner === undefined && rest.length > 0) return value;
  const copy: Record<string, unknown> = { ...value };
  define(copy, token, withValue(inner, rest, content));
  return copy;
}

function define(target: unknown, name: string, value: unknown) {
  const object = target as Record<string, unknown>;
  // Assigning `__proto__` would set the prototype.
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
