import type { Attributes, Span } from "@opentelemetry/api";

/** Names of the semantic conventions for messaging, version 1.44, as far as they are used. */
export const names = {
  system: "messaging.system",
  operationName: "messaging.operation.name",
  operationType: "messaging.operation.type",
  destination: "messaging.destination.name",
  partition: "messaging.destination.partition.id",
  group: "messaging.consumer.group.name",
  batchCount: "messaging.batch.message_count",
  messageId: "messaging.message.id",
  conversationId: "messaging.message.conversation_id",
  offset: "messaging.kafka.offset",
  key: "messaging.kafka.message.key",
  tombstone: "messaging.kafka.message.tombstone",
  errorType: "error.type",
} as const;

/** Names of what the conventions have no word for. */
export const ownNames = {
  attempt: "keyline.attempt",
  outcome: "keyline.outcome",
  held: "keyline.held",
  heldMs: "keyline.held.ms",
  cause: "keyline.held.cause",
  retry: "keyline.retry",
  delayMs: "keyline.retry.delay_ms",
  reason: "keyline.ignored.reason",
} as const;

export type Operation = "send" | "receive" | "process";

/** What all spans and metrics of an operation on one topic have in common. */
export interface KnownOperation {
  /** The span's name. */
  readonly name: string;
  readonly attributes: Attributes;
  /** With the partition: for spans. Metrics would have a series for each. */
  ofPartition(partition: number): Attributes;
}

/**
 * The operations of one kind, by topic and group; null for no group. Made once: there are few topics and many events.
 *
 * Invariant: `known` has what was asked for, under a name that says which topic and group.
 */
export function knownOperations(operation: Operation): (topic: string, groupId: string | null) => KnownOperation {
  const known = new Map<string | null, Map<string, KnownOperation>>();
  return (topic, groupId) => {
    const ofGroup = known.get(groupId) ?? new Map<string, KnownOperation>();
    const found = ofGroup.get(topic);
    if (found) return found;
    const made = knownOperation(operation, topic, groupId);
    known.set(groupId, ofGroup.set(topic, made));
    return made;
  };
}

function knownOperation(operation: Operation, topic: string, groupId: string | null): KnownOperation {
  const attributes: Attributes = {
    [names.system]: "kafka",
    [names.operationName]: operation,
    [names.operationType]: operation,
    [names.destination]: topic,
    ...(groupId === null ? {} : { [names.group]: groupId }),
  };
  // Invariant: what lies at a partition's number has that partition, and nothing else beside `attributes`.
  const ofPartitions: Attributes[] = [];
  return {
    name: `${operation} ${topic}`,
    attributes,
    ofPartition(partition) {
      ofPartitions[partition] ??= { ...attributes, [names.partition]: String(partition) };
      return ofPartitions[partition];
    },
  };
}

/** What spans say beside what they always say. */
export interface Told {
  readonly keys: boolean;
  readonly messages: boolean;
}

/** Says of one event what it has of these. Apart from what samplers look at: SDKs go through that twice. */
export function describeMessage(
  span: Span,
  event: { readonly key: string | null; readonly eventId: string | null; readonly correlationId: string | null },
  { keys }: Told,
): void {
  if (event.eventId !== null) span.setAttribute(names.messageId, event.eventId);
  if (event.correlationId !== null) span.setAttribute(names.conversationId, event.correlationId);
  if (keys && event.key !== null) span.setAttribute(names.key, event.key);
}
