import { parseAfter } from "../codec/after.js";
import { decodeRecord } from "../codec/decode.js";
import type { DecodedEvent, DecodeFailure } from "../codec/decoded.js";
import { headerNames, headerText } from "../codec/headers.js";
import type { TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import type { ConsumerRecord, Transport } from "../ports/transport.js";
import { createTopology } from "../topology.js";
import { joinLists } from "./join.js";
import { scanPartition } from "./scan-partition.js";

/** An event of a key, with its causes. */
export interface LaneEvent extends RecordPosition {
  readonly key: string;
  /** The topic's name in code. */
  readonly name: string;
  readonly record: ConsumerRecord;
  readonly decoded: DecodedEvent | DecodeFailure;
  /** Its causes on topics of the domain, from its header. */
  readonly after: readonly RecordPosition[];
}

/** Which events {@link readLane} reads. */
export interface ReadLaneOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  /** The ordering domain; required if the topics are in more than one. */
  readonly domain?: string;
  /** The canonical key, e.g. `"42"`. */
  readonly key: string;
  /** Only records with a timestamp at or after this time (milliseconds since 1970). Default: from the log's start. */
  readonly sinceMs?: number;
  /**
   * Where to start on logs that were read before: records below these positions are not read. Takes precedence over
   * `sinceMs`.
   */
  readonly from?: readonly RecordPosition[];
  readonly signal?: AbortSignal;
}

/**
 * Reads one key's events over all topics of its domain from the one lane that has them, joined by cause: each topic in
 * order of offset, and no event before the causes in its header. Reads up to the ends of the logs at the time of the
 * call; memory grows with the key's events, not with the lane's.
 */
export async function readLane(options: ReadLaneOptions): Promise<readonly LaneEvent[]> {
  const { transport, key } = options;
  const members = membersOf(options);
  if (members.length === 0)
    throw new KeylineError("options_invalid", "cannot read a lane: the topics have no ordering domain");
  const topology = createTopology(transport, []);
  await topology.load(members.map(([, topic]) => topic.address));
  const present = members.filter(([, topic]) => topology.knows(topic.address));
  const [, first] = present[0] ?? [];
  if (!first?.domain) return [];
  const partition = partitionOf(first.domain.partitioner, Buffer.from(key), topology.partitionsOf(first));
  const lists = await Promise.all(present.map(([name, topic]) => eventsOf(name, topic, partition, options)));
  return joinByCause(lists);
}

function membersOf({ topics, domain }: ReadLaneOptions): (readonly [string, TopicDescriptor])[] {
  const keyed = Object.entries(topics).filter(([, topic]) => topic.domain !== null);
  const names = new Set(keyed.map(([, topic]) => topic.domain?.name));
  if (domain === undefined && names.size > 1) {
    throw new KeylineError("options_invalid", `cannot read a lane: say which domain of ${[...names].join(", ")}`);
  }
  return keyed.filter(([, topic]) => domain === undefined || topic.domain?.name === domain);
}

async function eventsOf(
  name: string,
  topic: TopicDescriptor,
  partition: number,
  options: ReadLaneOptions,
): Promise<LaneEvent[]> {
  const { transport, key, sinceMs, from = [], signal } = options;
  const place = { topic: topic.address, partition };
  const [range] = await transport.logRanges([place]);
  const known = from.find((position) => position.topic === place.topic && position.partition === partition);
  const [since] = known
    ? [Math.max(known.offset, range?.start ?? 0)]
    : sinceMs === undefined
      ? [range?.start]
      : await transport.offsetsAtTime([place], sinceMs);
  const events: LaneEvent[] = [];
  const scan = { ...place, from: since ?? 0, to: range?.end ?? 0 };
  const wanted = Buffer.from(key);
  const keep = (found: Uint8Array | null) => found !== null && wanted.equals(found);
  for await (const records of scanPartition(transport, scan, { keep, ...(signal && { signal }) })) {
    for (const record of records) {
      const after = parseAfter(headerText(record.headers, headerNames.after)).entries;
      const { offset } = record;
      events.push({ ...place, offset, key, name, record, decoded: decodeRecord(record, topic), after });
    }
  }
  return events;
}

/**
 * Merges lists that are each in order into one in which no event is before its causes; otherwise by the broker's time.
 */
export const joinByCause = (lists: readonly (readonly LaneEvent[])[]): LaneEvent[] =>
  joinLists(lists, ({ record }) => record.timestampMs);
