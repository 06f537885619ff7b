import type { TopicDescriptor } from "@keyline/runtime";
import type { DomainDescriptor } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { type ClientMark, type Fingerprint, producerText } from "./fingerprint.js";
import { createPlacementTally, type PlacementTally } from "./placement-tally.js";
import { placementsOf } from "./placement-verdict.js";
import type { ProducerReport } from "./report.js";

/** What is known so far of a producer, on the topics of one domain: another domain may want another partitioner. */
export interface ProducerState extends Fingerprint {
  readonly name: string;
  /** Counts from 0. */
  readonly number: number;
  /** Null for topics without one. */
  readonly domain: DomainDescriptor | null;
  records: number;
  strays: number;
  /** Of its first keys, wherever they lie. */
  readonly all: PlacementTally;
  /** Of its keys that lie on another partition than the contract's. */
  readonly stray: PlacementTally;
  /** Where its strays lie; two at most, since more say nothing new. */
  readonly strayPartitions: Set<number>;
  /** The largest partition count, by which chance is judged. */
  partitions: number;
}

/** More producers than this are counted as one, so that memory has a bound. */
export const mostProducers = 256;

const others: Fingerprint = { client: "unknown", source: `others, beyond ${mostProducers} producers` };

/** Tells producers apart. */
export interface Producers {
  of(fingerprint: Fingerprint, domain: DomainDescriptor | null): ProducerState;
  all(): readonly ProducerState[];
}

export function createProducers(): Producers {
  // Invariant: `all` holds each producer once, in the order of their numbers, and `known` leads to each by what
  // tells it apart; their number is bounded.
  const known = new Map<ClientMark, Map<string | null, Map<string | null, ProducerState>>>();
  const all: ProducerState[] = [];
  const make = (fingerprint: Fingerprint, domain: DomainDescriptor | null): ProducerState => ({
    ...fingerprint,
    ...{ name: producerText(fingerprint), number: all.length, domain },
    ...{ records: 0, strays: 0, partitions: 1, strayPartitions: new Set() },
    all: createPlacementTally(),
    stray: createPlacementTally(),
  });
  const of = (fingerprint: Fingerprint, domain: DomainDescriptor | null): ProducerState => {
    const sources = known.get(fingerprint.client) ?? new Map<string | null, Map<string | null, ProducerState>>();
    known.set(fingerprint.client, sources);
    const domains = sources.get(fingerprint.source) ?? new Map<string | null, ProducerState>();
    const found = domains.get(domain?.name ?? null);
    if (found) return found;
    if (all.length >= mostProducers && fingerprint !== others) return of(others, domain);
    const made = make(fingerprint, domain);
    all.push(made);
    domains.set(domain?.name ?? null, made);
    sources.set(fingerprint.source, domains);
    return made;
  };
  return { of, all: () => all };
}

/** Counts a record, and where its producer put its key. */
export function countRecord(
  producer: ProducerState,
  { key, partition }: ConsumerRecord,
  { domain }: TopicDescriptor,
  partitions: number,
  strays: boolean,
): void {
  producer.records += 1;
  if (domain === null || key === null) return;
  producer.partitions = Math.max(producer.partitions, partitions);
  producer.all.add(key, partition, partitions);
  if (!strays) return;
  producer.strays += 1;
  if (producer.strayPartitions.size < 2) producer.strayPartitions.add(partition);
  producer.stray.add(key, partition, partitions);
}

/** What is known of a producer, with how it places keys. */
export function reportOf(producer: ProducerState): ProducerReport {
  const { name, client, source, domain, records, strays, strayPartitions } = producer;
  const usual = verdictOf(producer.all, producer.partitions);
  const { sampledKeys, placements } = strays > 0 ? verdictOf(producer.stray, producer.partitions) : usual;
  const [only = null] = strayPartitions.size === 1 ? strayPartitions : [];
  return {
    ...{ name, client, source, domain: domain?.name ?? null, records, strays, sampledKeys, placements, usual },
    strayPartition: only,
  };
}

const verdictOf = (tally: PlacementTally, partitions: number) => ({
  sampledKeys: tally.keys(),
  placements: placementsOf(tally, partitions).filter(({ confidence }) => confidence >= leastConfidence),
});

/** Below it a placement fits by chance. */
const leastConfidence = 0.9;
