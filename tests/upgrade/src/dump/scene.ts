// What the dump tells of: six keys, each with something that waits.

/** The schema of the dump's tables. */
export const schema = "keyline";

/** When its first events happened. */
export const startMs = Date.UTC(2026, 0, 5, 9);

const minute = 60_000;

/** A tally's timers are due so long after their events. */
export const timerMs = 10 * minute;

/** When the code of before was ended: the first timers have fired, the last has not. */
export const endMs = startMs + 13 * minute;

/** No two of one partition. */
export const keys = {
  /** Nothing waits. */
  plain: 1,
  /** A timer is set and not due. */
  timed: 2,
  /** Its event e3 and what came after it are parked; an operator has asked to have them replayed. */
  parked: 3,
  /** The same, and e3 was skipped: it is in the dead letters. */
  skipped: 4,
  /** Two outputs could not be published; nor could the dead letter of a record without a key, on the same partition. */
  unpublished: 5,
} as const;

/** Where the record without a key lies, and its dead letter is to go. */
export const keylessTopic = "learning.query";
export const letterTopic = "learning.query.dlq";
