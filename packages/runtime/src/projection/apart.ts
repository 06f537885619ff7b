import type { Suspect } from "./narrowing.js";

/** Keys whose events are written one by one, apart from those of others, since the store has refused one of them lately. */
export interface Apart {
  has(orderKey: string): boolean;
  /** An event of the key stood alone and was refused; `rowless` when its refusal could not be written to the key's row either. */
  refused(suspect: Suspect, rowless: boolean): void;
  /** Whether the latest refusal of the key could not be written to its row, and no event of it was applied since. */
  isRowless(orderKey: string): boolean;
  /** An event of the key was written: applied, or parked or given to the dead letters. */
  written(orderKey: string, isApplied: boolean): void;
  /** In the order in which they are to be tried: the key of the candidates whose turn it is, if there is one; null for all others. */
  turns(candidates: Iterable<string>): readonly (Suspect | null)[];
  /** A batch was collected: of this key, or of all others. */
  collected(suspect: Suspect | null): void;
  /** The store was to blame: no key is. */
  clear(): void;
}

/** So many events in a row have to be written before a key goes with the others again. */
const writtenInARow = 10;
/** Keys at most: the one that was refused longest ago is forgotten, and costs its halves again. */
const mostKeys = 100;

interface Kept {
  readonly suspect: Suspect;
  /** Events that are still to be written. */
  readonly left: number;
  readonly rowless: boolean;
}

/**
 * Whatever the store refuses of a batch costs as many transactions as it has halves of halves, so a key whose every event is
 * refused would have each batch of its lane written in parts. Called by the lane's work loop alone.
 *
 * Invariant: `kept` has `mostKeys` at most, each refused within its last `writtenInARow` events, the one whose turn comes last
 * at the end. `isOthersTurn` after a batch of one of them: where the others have events, no two such batches follow each other.
 */
export function createApart(): Apart {
  const kept = new Map<string, Kept>();
  let isOthersTurn = false;

  const keepLast = (orderKey: string, one: Kept) => {
    kept.delete(orderKey);
    kept.set(orderKey, one);
  };

  return {
    has: (orderKey) => kept.has(orderKey),
    isRowless: (orderKey) => kept.get(orderKey)?.rowless === true,
    refused(suspect, rowless) {
      keepLast(suspect.orderKey, { suspect, left: writtenInARow, rowless });
      for (const orderKey of kept.keys()) if (kept.size > mostKeys) kept.delete(orderKey);
    },
    written(orderKey, isApplied) {
      const one = kept.get(orderKey);
      if (one && one.left > 1) kept.set(orderKey, { ...one, left: one.left - 1, rowless: one.rowless && !isApplied });
      else kept.delete(orderKey);
    },
    turns(candidates) {
      if (kept.size === 0) return [null];
      const waiting = new Set(candidates);
      for (const [orderKey, { suspect }] of kept) {
        if (waiting.has(orderKey)) return isOthersTurn ? [null, suspect] : [suspect, null];
      }
      return [null];
    },
    collected(suspect) {
      isOthersTurn = suspect !== null;
      const one = suspect && kept.get(suspect.orderKey);
      if (one) keepLast(suspect.orderKey, one);
    },
    clear: () => kept.clear(),
  };
}
