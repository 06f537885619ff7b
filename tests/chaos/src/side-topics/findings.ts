import type { PrintedRecord } from "../log/console-consumer.js";
import type { NoteEvent } from "./notes.js";
import type { Note } from "./writer.js";

/** What became of the notes. */
export interface NoteFindings {
  readonly acknowledged: number;
  /** Acknowledged, and neither where the acknowledgement says nor gone with a topic. */
  readonly lost: number;
  /** In a log more than once. */
  readonly duplicated: number;
  /** In a log, and never handled. */
  readonly unhandled: number;
  /** Acknowledged and not handled before the topic was deleted, by name. */
  readonly gone: readonly string[];
}

/**
 * Holds what was acknowledged and handled against the logs as they are at the end. `madeMs` is when the topic that was made
 * again was there last: what was called before may lie in a log that is gone.
 */
export function checkNotes(found: {
  readonly notes: readonly Note[];
  readonly handled: ReadonlySet<number>;
  readonly log: readonly PrintedRecord[];
  readonly madeMs: number;
}): NoteFindings {
  const { notes, handled, log, madeMs } = found;
  const places = Map.groupBy(log, ({ value }) => (JSON.parse(value) as NoteEvent).n);
  const acknowledged = notes.filter((note) => note.acknowledged);
  const isThere = ({ n, acknowledged: at }: Note) =>
    places.get(n)?.some(({ partition, offset }) => partition === at?.partition && offset === at.offset) === true;
  const missing = acknowledged.filter((note) => !isThere(note));
  const mayBeGone = ({ topic, calledMs }: Note) => topic === "recreated" && calledMs < madeMs;
  return {
    acknowledged: acknowledged.length,
    lost: missing.filter((note) => !mayBeGone(note)).length,
    duplicated: [...places.values()].filter(({ length }) => length > 1).length,
    unhandled: [...places.keys()].filter((n) => !handled.has(n)).length,
    gone: missing.filter((note) => mayBeGone(note) && !handled.has(note.n)).map(({ n }) => `note ${n}`),
  };
}
