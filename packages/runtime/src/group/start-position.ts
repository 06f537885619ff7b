import { KeylineError } from "../errors.js";
import type { LogRange, StartPosition, TopicPartition } from "../ports/transport.js";

/**
 * Where to start reading a partition: where the group (or the store) stands, else at the log's start.
 * Throws `offset_out_of_range` when the log has lost what comes next, `log_replaced` when it ends before that; `beginAgain`
 * says how to begin again on purpose.
 */
export function startOf(
  partition: TopicPartition,
  next: number | null,
  range: LogRange,
  beginAgain = "reset the group",
): StartPosition {
  const { topic, partition: number } = partition;
  if (next === null) return { topic, partition: number, offset: range.start };
  if (next < range.start) {
    throw new KeylineError(
      "offset_out_of_range",
      `cannot go on with ${topic}/${number} at ${next}: the log begins at ${range.start}, so ${range.start - next} records are lost: restore them, or ${beginAgain} on purpose`,
    );
  }
  if (next > range.end) {
    throw new KeylineError(
      "log_replaced",
      `cannot go on with ${topic}/${number} at ${next}: the log ends at ${range.end}, so it was truncated or recreated: restore it, or ${beginAgain} on purpose`,
    );
  }
  return { topic, partition: number, offset: next };
}
