import { KeylineError } from "@keyline/runtime";
import type { LogRange, StartPosition } from "@keyline/runtime/transport";

/** Says what cannot be read any more, since the log does not hold the position. */
export function lostRecords({ topic, partition, offset }: StartPosition, { start, end }: LogRange): KeylineError {
  const lost =
    offset < start
      ? `offsets ${offset} to ${start - 1} were deleted: restore them, or start over on purpose: reset the group, or replay the projection`
      : "the log was cut off or recreated: restore it, or start over on purpose: reset the group, or replay the projection";
  return new KeylineError(
    "offset_out_of_range",
    `cannot read ${topic}/${partition} from ${offset}: the log holds ${start} to ${end}, ${lost}`,
  );
}
