/** How a dead letter was settled. */
export type Settlement = "replayed" | "discarded";

/**
 * The content of a `keyline-settled` header, on a record without value in a dead-letter topic: the letter is settled.
 */
export interface Settled {
  /** The letter's offset, on the partition of the marker. */
  readonly offset: number;
  readonly as: Settlement;
  /** The operator's name. */
  readonly by: string;
}

/** Reads `<offset> replayed|discarded <by>`. Null for anything else. */
export function parseSettled(text: string | null): Settled | null {
  const [, digits = "", as, by = ""] = /^(0|[1-9]\d{0,15}) (replayed|discarded)(?: (.*))?$/s.exec(text ?? "") ?? [];
  const offset = Number(digits);
  if (as === undefined || !Number.isSafeInteger(offset)) return null;
  return { offset, as: as as Settlement, by };
}

/** The inverse of {@link parseSettled}. */
export const formatSettled = ({ offset, as, by }: Settled): string => `${offset} ${as} ${by}`;
