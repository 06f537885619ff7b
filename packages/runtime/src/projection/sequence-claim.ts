import type { TopicDescriptor } from "../descriptor.js";
import type { SequenceIgnored } from "../hooks.js";
import type { SequenceClaim } from "../lane/arrival.js";

/**
 * Why a record's number is not believed; null where it is. An event whose number is not believed is applied, and known
 * again by its id alone: a number that cannot be would hide all that the topic's senders write later.
 */
export function claimFault(
  { projection: scope, number }: SequenceClaim,
  { senders }: Pick<TopicDescriptor, "senders">,
  highest: number,
): SequenceIgnored | null {
  if (senders && !senders.includes(nameOf(scope))) return "sender";
  return number > highest ? "number" : null;
}

/** The projection's name: a scope adds the lane, for what a record on a wrong partition caused. */
const nameOf = (scope: string): string => scope.split("@", 1)[0] ?? scope;
