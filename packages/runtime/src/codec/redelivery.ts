import type { RecordPosition } from "../hooks.js";
import { parsePosition } from "./after.js";

/**
 * The content of a `keyline-redelivery` header: the record is a dead letter that was sent again, for the group that had
 * refused it.
 */
export interface Redelivery {
  readonly group: string;
  /** The position of the refused event. */
  readonly source: RecordPosition;
  /** The position of its dead letter. */
  readonly letter: RecordPosition;
  /** The refusal was not noted: only the event's id identifies it. */
  readonly isById: boolean;
}

const byId = "by-id";

/**
 * Reads `<group> <source position> <letter position>[ by-id]`. A group's name may contain blanks; unknown words after
 * the positions are ignored. Null for anything else: such a header has no effect.
 */
export function parseRedelivery(text: string | null): Redelivery | null {
  // Nearly every record has none.
  if (text === null) return null;
  const words = text.split(" ");
  const at = words.findLastIndex(
    (word, index) => index >= 2 && parsePosition(word) !== null && parsePosition(words[index - 1] ?? "") !== null,
  );
  const [source, letter] = [parsePosition(words[at - 1] ?? ""), parsePosition(words[at] ?? "")];
  const group = words.slice(0, Math.max(0, at - 1)).join(" ");
  if (!source || !letter || group === "") return null;
  return { group, source, letter, isById: words.slice(at + 1).includes(byId) };
}

/** The inverse of {@link parseRedelivery}. */
export function formatRedelivery({ group, source, letter, isById }: Redelivery): string {
  return [group, placeOf(source), placeOf(letter), ...(isById ? [byId] : [])].join(" ");
}

const placeOf = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}@${offset}`;
