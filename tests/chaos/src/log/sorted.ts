import type { PrintedRecord } from "./console-consumer.js";
import { eventIn, type ForeignRecord } from "./foreign-log.js";

/** An event that an app gave up. */
export interface Letter {
  /** The group that gave it up. */
  readonly app: string;
  readonly code: string;
  readonly key: string;
  /** Where the event lies, as `topic/partition@offset`. */
  readonly place: string;
}

/** Where a record lies, as a letter names it. */
export const placeOf = ({ topic, partition, offset }: ForeignRecord): string => `${topic}/${partition}@${offset}`;

/** Records by what they are. */
export function sorted(printed: readonly PrintedRecord[]): {
  readonly records: readonly ForeignRecord[];
  readonly letters: readonly Letter[];
  /** What was published beside the class. */
  readonly notes: readonly PrintedRecord[];
} {
  const kindOf = ({ headers, key }: PrintedRecord) =>
    headers.has("keyline-error-code") ? "letter" : key === "null" ? "note" : "event";
  const { letter = [], note = [], event = [] } = Object.groupBy(printed, kindOf);
  return { records: event.map(eventIn), letters: letter.map(letterIn), notes: note };
}

function letterIn({ headers, key }: PrintedRecord): Letter {
  const of = (name: string) => headers.get(`keyline-error-${name}`) ?? "";
  return { app: of("group"), code: of("code"), key, place: `${of("topic")}/${of("partition")}@${of("offset")}` };
}
