import type { RecordPosition, Transport } from "@keyline/runtime";
import { formatSettled, headerNames, type Settlement } from "@keyline/runtime/tools";
import type { TransportProducer } from "@keyline/runtime/transport";
import { openLaterMarkers } from "./later-markers.js";
import { keyTextOf, type Letter, type Marker } from "./letter.js";
import type { ReplayStep } from "./plan-replay.js";
import { afterAlso } from "./redelivery-record.js";

/** A letter that was settled. */
export interface SettledLetter {
  readonly letter: Letter;
  readonly as: Settlement;
  /** The position of the replayed record; null for a discarded letter. */
  readonly sent: RecordPosition | null;
}

export interface SettleOptions {
  readonly transport: Transport;
  /** The operator's name. */
  readonly by: string;
  /** Told of each letter as soon as it is settled. */
  readonly settled: (done: SettledLetter) => void;
  /** Told of each letter that another operator has settled since it was read: it is left as it is. */
  readonly meanwhile: (letter: Letter, marker: Marker) => void;
  /** Ends before the next letter. */
  readonly signal?: AbortSignal;
}

/**
 * Sends letters again one after the other, each followed by its marker, in the order of causes for each key. Ends at
 * the first failure, and rejects with it; `settled` was called for the letters before. If a letter was sent and its
 * marker is missing, it is still listed; a projection does not apply it a second time. Markers are read again directly
 * before each letter is sent; two operators can still send one in the same moment.
 */
export async function replayLetters(steps: readonly ReplayStep[], options: SettleOptions): Promise<void> {
  const { transport, signal } = options;
  const clusterId = await transport.clusterId();
  const sentOf = new Map<string, RecordPosition[]>();
  const isLeft = leaving(
    steps.map(({ letter }) => letter),
    options,
  );
  await withProducer(transport, async (producer) => {
    for (const { letter, redelivery } of steps) {
      if (redelivery.kind !== "record") continue;
      if (signal?.aborted) return;
      if (await isLeft(letter)) continue;
      const { topic, domain, partition, record } = redelivery;
      const chain = JSON.stringify([domain, partition, keyTextOf(letter)]);
      const before = domain === null || letter.key === null ? [] : (sentOf.get(chain) ?? []);
      const others = before.filter((position) => position.topic !== topic);
      const { offset } = await producer.append(topic, partition, [afterAlso(record, others, clusterId)]);
      const sent = { topic, partition, offset };
      // One position a topic is enough: the latest.
      sentOf.set(chain, [...before.filter((position) => position.topic !== topic), sent]);
      await mark(producer, letter, "replayed", options.by);
      options.settled({ letter, as: "replayed", sent });
    }
  });
}

/** Marks letters as settled; nothing is sent. */
export async function discardLetters(letters: readonly Letter[], options: SettleOptions): Promise<void> {
  const isLeft = leaving(letters, options);
  await withProducer(options.transport, async (producer) => {
    for (const letter of letters) {
      if (options.signal?.aborted) return;
      if (await isLeft(letter)) continue;
      await mark(producer, letter, "discarded", options.by);
      options.settled({ letter, as: "discarded", sent: null });
    }
  });
}

/** Whether a letter is left, since another operator has settled it. */
function leaving(letters: readonly Letter[], { transport, meanwhile }: SettleOptions) {
  const markers = openLaterMarkers(
    transport,
    letters.map(({ at }) => at),
  );
  return async (letter: Letter): Promise<boolean> => {
    const marker = await markers.of(letter.at);
    if (marker) meanwhile(letter, marker);
    return marker !== null;
  };
}

async function mark(producer: TransportProducer, { at, key }: Letter, as: Settlement, by: string): Promise<void> {
  const header = [headerNames.settled, Buffer.from(formatSettled({ offset: at.offset, as, by }))] as const;
  await producer.append(at.topic, at.partition, [{ key, value: null, headers: [header], timestampMs: Date.now() }]);
}

async function withProducer(transport: Transport, use: (producer: TransportProducer) => Promise<void>): Promise<void> {
  const producer = transport.createProducer();
  await producer.connect();
  try {
    await use(producer);
  } finally {
    await producer.close();
  }
}
