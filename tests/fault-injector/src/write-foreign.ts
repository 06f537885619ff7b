import { createRandom } from "@keyline/runtime/testing";
import { placements } from "@keyline/runtime/tools";
import { cloudEvent, studentEvent, topicNames } from "./event.js";
import type { ForeignEvent, ForeignProducer } from "./foreign/producers.js";
import { bytesOf, laneOf } from "./record.js";
import type { Injected } from "./truth.js";

export interface ForeignOptions {
  readonly seed: number;
  readonly events: number;
  readonly partitions: number;
  readonly students: number;
}

/**
 * Has a client that is not ours write good events, each under the client's name. Where its partitioner is not the
 * contract's, those that lie elsewhere are faults: it chooses the place, so their ids tell them.
 */
export async function writeForeign(
  producer: ForeignProducer,
  broker: string,
  { seed, events, partitions, students }: ForeignOptions,
): Promise<readonly Injected[]> {
  const random = createRandom(seed);
  const injected: Injected[] = [];
  const written = Array.from({ length: events }, (): ForeignEvent => {
    const topic = random.pick(topicNames);
    const key = String(1 + random.below(students));
    const event = studentEvent(topic, Number(key), Date.now(), random);
    const lies = placements[producer.partitioner].place(bytesOf(key), partitions);
    if (lies !== laneOf(bytesOf(key), partitions)) {
      injected.push({ kind: "wrong-partition", eventId: event.event_id, place: null });
    }
    return { topic, key, value: JSON.stringify(cloudEvent(producer.name, event, { partitionkey: key })) };
  });
  await producer.write(broker, written);
  return injected;
}
