import { type LeaseOptions, leave, type Owned, release, renew } from "./leases.js";

export interface SlotsOptions extends LeaseOptions {
  /** Slots are not this relay's any more: what of them is in memory is another relay's. */
  lost(slots: readonly number[]): void;
  /** Slots were taken. */
  taken(slots: readonly number[]): void;
  /** Whether rows of the slot are in memory. */
  isBusy(slot: number): boolean;
}

/** The slots of one relay. */
export interface Slots {
  /** Renews and takes slots, and gives away what is above the share. Rejects with what the database says. */
  renew(): Promise<void>;
  /** What may be read: owned, and not about to be given away. */
  readable(): Owned;
  /** The epoch under which the slot is owned now. */
  epochOf(slot: number): number | undefined;
  leave(): Promise<void>;
}

/**
 * Invariant: `owned` is what the database said last, and `leaving` what of it is read no more, until its rows in memory are
 * through and it is given away. A slot is never in `owned` under an epoch that began without a call of `taken`, and never goes, or
 * gets another epoch, without a call of `lost`. One renewal at a time.
 */
export function createSlots(options: SlotsOptions): Slots {
  let owned: Owned = new Map();
  let leaving: readonly number[] = [];

  const become = (next: Owned) => {
    const before = owned;
    owned = next;
    const lost = [...before].filter(([slot, epoch]) => next.get(slot) !== epoch).map(([slot]) => slot);
    const taken = [...next].filter(([slot, epoch]) => before.get(slot) !== epoch).map(([slot]) => slot);
    if (lost.length > 0) options.lost(lost);
    if (taken.length > 0) options.taken(taken);
  };

  const giveAway = async () => {
    const idle = leaving.filter((slot) => !options.isBusy(slot));
    if (idle.length === 0) return;
    await release(options, idle);
    become(new Map([...owned].filter(([slot]) => !idle.includes(slot))));
  };

  return {
    async renew() {
      const standing = await renew(options);
      become(standing.owned);
      leaving = [...owned.keys()].slice(standing.share);
      await giveAway();
    },
    readable: () => new Map([...owned].filter(([slot]) => !leaving.includes(slot))),
    epochOf: (slot) => owned.get(slot),
    async leave() {
      await leave(options);
      become(new Map());
    },
  };
}
