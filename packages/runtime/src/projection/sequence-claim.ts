import type { TopicDescriptor } from "../descriptor.js";
import type { SequenceIgnored } from "../hooks.js";
import type { SequenceClaim } from "../lane/arrival.js";
import { type KnownEvents, longestScope, mostScopes } from "./known-events.js";

/**
 * Why a record's number is not believed; null where it is. An event whose number is not believed is applied, and known
 * again by its id alone: whoever may write to the topic could otherwise hide all that its senders write later.
 */
export function claimFault(
  { projection: scope, number }: SequenceClaim,
  { address, senders }: Pick<TopicDescriptor, "address" | "senders">,
  known: Pick<KnownEvents, "sequencesByTopic">,
  highest: number,
): SequenceIgnored | null {
  if (scope.length > longestScope) return "name";
  if (senders && !senders.includes(nameOf(scope))) return "sender";
  if (number > highest) return "number";
  const numbers = Object.hasOwn(known.sequencesByTopic, address) ? known.sequencesByTopic[address] : undefined;
  if (!numbers || Object.hasOwn(numbers, scope)) return null;
  return Object.keys(numbers).length < mostScopes ? null : "name";
}

/** The projection's name: a scope adds the lane, for what a record on a wrong partition caused. */
const nameOf = (scope: string): string => scope.split("@", 1)[0] ?? scope;
