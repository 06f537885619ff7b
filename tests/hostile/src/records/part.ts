import type { DecodeFailureCode } from "@keyline/runtime/tools";

/** A part of a hostile record, and which of it a reader must refuse the record for. */
export interface Part<Made> {
  /** For people: what is wrong with it. */
  readonly what: string;
  readonly made: Made;
  /** The reasons that a reader may give; none where this part alone makes the record no less an event. */
  readonly codes: readonly DecodeFailureCode[];
}

/** A part for which a record is refused, for one of these reasons. */
export const refused = <Made>(what: string, made: Made, ...codes: readonly DecodeFailureCode[]): Part<Made> => ({
  what,
  made,
  codes,
});

/** A part that is odd, and for which no record is refused. */
export const taken = <Made>(what: string, made: Made): Part<Made> => ({ what, made, codes: [] });
