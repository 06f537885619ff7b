import { createRandom } from "@keyline/runtime/testing";
/** What can be done to the run. */
export type FaultKind =
  | "broker killed"
  | "app killed"
  | "app stalled"
  | "app left"
  | "app joined"
  | "app replaced"
  | "database restarted"
  | "answers lost"
  | "connections silenced"
  | "transaction left open"
  | "row refused"
  | "partitions added"
  | "topic recreated"
  | "handler killed"
  | "handler stalled";

/** One fault; which of the brokers, apps or copies it hits follows from `pick`. */
export interface Fault {
  readonly kind: FaultKind;
  /** From the beginning of the run. */
  readonly atMs: number;
  /** In [0, 1): chooses among what is there then. */
  readonly pick: number;
}

/** Where faults of a kind come one after the other, never two at once. */
export type Track =
  | "brokers"
  | "apps"
  | "database"
  | "links"
  | "silence"
  | "transactions"
  | "rows"
  | "sideTopics"
  | "handlers";

/** How long a fault of each kind lasts at least, with a time to recover: the next on its track comes after it. */
const tracks: Readonly<Record<Track, { readonly kinds: readonly FaultKind[]; readonly everyMs: number }>> = {
  brokers: { kinds: ["broker killed"], everyMs: 24_000 },
  apps: { kinds: ["app killed", "app stalled", "app joined", "app left", "app replaced"], everyMs: 12_000 },
  database: { kinds: ["database restarted"], everyMs: 31_000 },
  links: { kinds: ["answers lost"], everyMs: 2500 },
  silence: { kinds: ["connections silenced"], everyMs: 40_000 },
  transactions: { kinds: ["transaction left open"], everyMs: 45_000 },
  rows: { kinds: ["row refused"], everyMs: 25_000 },
  sideTopics: { kinds: ["partitions added", "topic recreated"], everyMs: 25_000 },
  handlers: { kinds: ["handler stalled", "handler killed"], everyMs: 12_000 },
};

/** All that can be done, in the order of the tracks. */
export const faultKinds: readonly FaultKind[] = Object.values(tracks).flatMap(({ kinds }) => kinds);

/**
 * The faults of a run in order of time: the same for the same seed and kinds. Each kind comes before any of its track comes
 * again.
 */
export function planFaults(
  seed: number,
  durationMs: number,
  chosen: readonly FaultKind[] = faultKinds,
): readonly Fault[] {
  const random = createRandom(seed);
  const faults = Object.values(tracks).flatMap(({ kinds: all, everyMs }) => {
    const kinds = all.filter((kind) => chosen.includes(kind));
    const planned: Fault[] = [];
    let bag: FaultKind[] = [];
    for (
      let atMs = everyMs * (0.2 + 0.3 * random.next());
      atMs < durationMs;
      atMs += everyMs * (0.8 + 0.4 * random.next())
    ) {
      if (bag.length === 0) bag = [...kinds];
      const [kind] = bag.splice(random.below(bag.length), 1);
      if (kind) planned.push({ kind, atMs: Math.round(atMs), pick: random.next() });
    }
    return planned;
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** On which track a kind is. */
export function trackOf(kind: FaultKind): Track {
  const found = Object.entries(tracks).find(([, { kinds }]) => kinds.includes(kind));
  return (found?.[0] ?? "apps") as Track;
}
