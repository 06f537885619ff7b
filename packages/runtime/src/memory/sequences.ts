import { KeylineError } from "../errors.js";

/** The batch's place in the order of its producer, by which a second copy of it is known. */
export interface ProducerStamp {
  readonly producerId: number;
  readonly sequence: number;
}

interface Appended {
  readonly sequence: number;
  readonly count: number;
  readonly offset: number;
}

/** Of how many latest batches of a producer a broker knows the place; Kafka's number. */
const remembered = 5;

/** What one partition knows of its idempotent producers. */
export interface Sequences {
  /** The offset of a batch that was appended already; undefined for the producer's next one. Throws for any other. */
  find(stamp: ProducerStamp, count: number): number | undefined;
  note(stamp: ProducerStamp, count: number, offset: number): void;
  forget(): void;
}

/** Invariant: `producers` has the latest batches of each, in order and without a gap; the next begins where the last one ends. */
export function createSequences(): Sequences {
  const producers = new Map<number, Appended[]>();

  return {
    find({ producerId, sequence }, count) {
      const batches = producers.get(producerId);
      const last = batches?.at(-1);
      if (!last || sequence === last.sequence + last.count) return undefined;
      const known = batches?.find((batch) => batch.sequence === sequence && batch.count === count);
      if (known) return known.offset;
      throw new KeylineError(
        "outcome_unknown",
        `producer ${producerId} sent sequence ${sequence} after ${last.sequence}: a batch between them is missing`,
      );
    },
    note({ producerId, sequence }, count, offset) {
      const batches = producers.get(producerId) ?? [];
      batches.push({ sequence, count, offset });
      if (batches.length > remembered) batches.shift();
      producers.set(producerId, batches);
    },
    forget: () => producers.clear(),
  };
}
