import { KeylineError } from "@keyline/runtime";
import { createKeyRows, type KeyRows, type KeyRowsOptions } from "./key-rows.js";
import type { Row } from "./rows.js";

export interface KeysOptions extends Omit<KeyRowsOptions, "emptied"> {
  /** Rows left memory, or wait. */
  moved(): void;
}

/** The rows in memory, by key. */
export interface Keys {
  /** Publishes the rows, each after the rows that its key already has. */
  add(rows: readonly Row[]): void;
  /** Publishes again what waited long enough. */
  again(): void;
  /** Forgets the keys of these slots: events of theirs that were not sent yet are not sent. */
  drop(slots: ReadonlySet<number>): void;
  numbers(): readonly string[];
  /** Characters of all events. */
  bytes(): number;
  /** Whether something was handed on and is not settled. */
  isUnderWay(): boolean;
  isBusy(slot: number): boolean;
}

interface Held {
  readonly slot: number;
  readonly key: KeyRows;
}

/**
 * Invariant: `keys` has each key that has rows in memory, once. For a key that was dropped with something under way, the only
 * report is that the log has it.
 */
export function createKeys(options: KeysOptions): Keys {
  const keys = new Map<string, Held>();

  const open = ({ hash, slot }: Row): Held => {
    const ifHere = (then: () => void) => {
      if (keys.get(hash) !== held) return;
      then();
      options.moved();
    };
    const key = createKeyRows({
      ...options,
      emptied: () => ifHere(() => keys.delete(hash)),
      refused: (row, error) =>
        ifHere(() => {
          keys.delete(hash);
          options.refused(row, error);
        }),
      waits: (row, error) => ifHere(() => options.waits(row, error)),
    });
    const held = { slot, key };
    keys.set(hash, held);
    return held;
  };

  const rows = () => [...keys.values()].flatMap(({ key }) => key.rows);

  return {
    add(added) {
      for (const row of added) (keys.get(row.hash) ?? open(row)).key.add(row);
    },
    again() {
      for (const { key } of keys.values()) key.again();
    },
    drop(slots) {
      for (const [hash, { slot, key }] of keys) {
        if (!slots.has(slot)) continue;
        keys.delete(hash);
        key.stop(new KeylineError("lane_fenced", `slot ${slot} of the outbox is another relay's`));
      }
    },
    numbers: () => rows().map(({ number }) => number),
    bytes: () => rows().reduce((sum, { event }) => sum + event.length, 0),
    isUnderWay: () => [...keys.values()].some(({ key }) => key.isUnderWay()),
    isBusy: (slot) => [...keys.values()].some((held) => held.slot === slot),
  };
}
