import type { Partitioner, Placement } from "@keyline/runtime";
import { type ClientMark, type Fingerprint, producerText } from "./fingerprint.js";
import { createPlacementTally, type PlacementTally } from "./placement-tally.js";
import { type PlacementVerdict, placementsOf } from "./placement-verdict.js";
import type { ProducerReport } from "./report.js";

/** What is known of a producer so far. */
export interface ProducerState extends Fingerprint {
  readonly name: string;
  records: number;
  strays: number;
  /** Of its first keys, wherever they lie. */
  readonly all: PlacementTally;
  /** Of its keys that lie on another partition than the contract's. */
  readonly stray: PlacementTally;
  /** The largest partition count, by which chance is judged, and the partitioner of its domain. */
  partitions: number;
  wanted: Partitioner | null;
}

/** More producers than this are counted as one, so that memory has a bound. */
export const mostProducers = 256;

const others: Fingerprint = { client: "unknown", source: `others, beyond ${mostProducers} producers` };

/** Tells producers apart. */
export interface Producers {
  of(fingerprint: Fingerprint): ProducerState;
  all(): readonly ProducerState[];
}

export function createProducers(): Producers {
  const known = new Map<ClientMark, Map<string | null, ProducerState>>();
  let count = 0;
  const make = (fingerprint: Fingerprint): ProducerState => ({
    ...fingerprint,
    name: producerText(fingerprint),
    ...{ records: 0, strays: 0, partitions: 1, wanted: null },
    all: createPlacementTally(),
    stray: createPlacementTally(),
  });
  const of = (fingerprint: Fingerprint): ProducerState => {
    const sources = known.get(fingerprint.client) ?? new Map<string | null, ProducerState>();
    known.set(fingerprint.client, sources);
    const found = sources.get(fingerprint.source);
    if (found) return found;
    if (count >= mostProducers && fingerprint !== others) return of(others);
    count += 1;
    const made = make(fingerprint);
    sources.set(fingerprint.source, made);
    return made;
  };
  return { of, all: () => [...known.values()].flatMap((sources) => [...sources.values()]) };
}

/** What is known of a producer, with how it places keys. */
export function reportOf(producer: ProducerState): ProducerReport {
  const { name, client, source, records, strays, partitions } = producer;
  const tally = strays > 0 ? producer.stray : producer.all;
  const placements = placementsOf(tally, partitions).filter(({ confidence }) => confidence >= leastConfidence);
  return { name, client, source, records, strays, sampledKeys: tally.keys(), placements };
}

/** Below it a placement fits by chance. */
const leastConfidence = 0.5;

/** The placement that strays are surely by; null where none is. */
export const likeliest = (verdicts: readonly PlacementVerdict[]): Placement | null => verdicts[0]?.placement ?? null;
