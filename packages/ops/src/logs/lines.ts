import type { Hooks, KeylineError } from "@keyline/runtime";
import type { Partitioner } from "@keyline/runtime/tools";
import type { Level } from "./loggers.js";
import { createPartitionerGuess } from "./partitioner-guess.js";

type HookName = keyof Hooks;
type EventOf<Name extends HookName> = Parameters<NonNullable<Hooks[Name]>>[0];

/** What is written of what a hook tells. */
export interface Line {
  readonly text: string;
  /** The failure that it is about: its message comes after the text. */
  readonly error?: KeylineError;
  /** Lines of one kind are written seldom; absent: each is written. */
  readonly kind?: string;
  /** Where it is another than the hook's. */
  readonly level?: Level;
}

/** What each hook's line says; null for nothing. */
export type Lines = { readonly [Name in HookName]: (event: EventOf<Name>) => Line | null };

/** The severity of what a hook reports. `off`: the hook reports every event. */
export const defaultLevels: Readonly<Record<HookName, Level | "off">> = {
  sent: "off",
  acknowledged: "off",
  held: "off",
  released: "off",
  handled: "off",
  ignored: "warn",
  causeIgnored: "warn",
  sequenceIgnored: "warn",
  integerRounded: "warn",
  retried: "warn",
  handlerLate: "warn",
  deadLettered: "error",
  parked: "error",
  unparked: "info",
  releaseEnded: "info",
  refusalForgotten: "error",
  timerDropped: "error",
  fenced: "info",
  wrongPartition: "warn",
  partitionCount: "error",
  transactionOpen: "warn",
  unread: "warn",
  laneTaken: "info",
  laneWaiting: "warn",
  laneLost: "info",
};

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
const at = ({ topic, partition, offset }: Place) => `${topic}/${partition}@${offset}`;
const laneOf = ({ domain, lane }: { readonly domain: string; readonly lane: number }) => `${domain}/${lane}`;
const inMs = (ms: number) => `${Math.round(ms)} ms`;

/** Whose default a partitioner is. */
const users: Readonly<Record<Partitioner, string>> = {
  murmur2: "Java's clients, kafkajs, kafka-python",
  consistent: "librdkafka: confluent-kafka, kcat",
  fnv1a: "Sarama: Dapr",
};

const notBelieved: Readonly<Record<EventOf<"sequenceIgnored">["reason"], string>> = {
  number: "its lane does not hold as many events",
  name: "its name is too long, or one of more than its topic's senders may use",
};

/** The lines of one process. */
export function createLines(): Lines {
  const guess = createPartitionerGuess(users);
  return {
    ...ofEveryEvent,
    ...ofFailures,
    ...ofRecords,
    ...ofLanes,
    wrongPartition: (event) => ({
      text: `wrong partition: ${at(event)} belongs on partition ${event.expected}; ${guess(event.matches)}`,
      kind: "",
    }),
  };
}

const ofEveryEvent = {
  sent: ({ topic, partition, records, bytes }) => ({
    text: `sent ${records} records (${bytes} bytes) to ${topic}/${partition}`,
  }),
  acknowledged: (event) => ({ text: `acknowledged ${at(event)} after ${inMs(event.waitedMs)}` }),
  held: (event) => ({ text: `held ${at(event)} until ${at(event.cause)} is finished` }),
  released: (event) => ({ text: `released ${at(event)} after ${inMs(event.heldMs)}` }),
  handled: (event) => ({ text: `handled ${at(event)} in ${inMs(event.tookMs)}` }),
} satisfies Partial<Lines>;

const ofFailures = {
  retried: (event) => ({
    text: `retry ${event.attempt} of ${at(event)} in ${event.delayMs} ms`,
    error: event.error,
    kind: event.error.code,
  }),
  handlerLate: (event) => ({ text: `a handler has taken ${event.timeoutMs} ms and goes on: ${at(event)}`, kind: "" }),
  deadLettered: (event) => ({ text: `dead letter: ${at(event)}`, error: event.error, kind: event.error.code }),
  parked: (event) => ({ text: `parked: ${at(event)}`, ...(event.error ? { error: event.error } : {}), kind: "" }),
  unparked: (event) => ({ text: `${event.as}: ${at(event)}` }),
  releaseEnded: ({ result }) => ({ text: `a parked key's release has ended: ${result}` }),
  refusalForgotten: (event) => ({
    text: `too many refused events of one key: the dead letter of ${at(event)} can no longer be replayed`,
    kind: "",
  }),
  timerDropped: ({ error }) => ({ text: "timer dropped", error, kind: "" }),
} satisfies Partial<Lines>;

const ofRecords = {
  ignored: (event) =>
    event.reason === "id_reused"
      ? {
          text: `id reused: ${at(event)} has the id of another event of its topic and key, and was left out`,
          kind: "",
        }
      : null,
  causeIgnored: (event) =>
    event.reason === "missing"
      ? { text: `cause missing: ${at(event)} names a cause beyond the log's end`, kind: "" }
      : null,
  sequenceIgnored: (event) => ({
    text: `keyline-seq of ${at(event)} is not noted: ${notBelieved[event.reason]}`,
    kind: event.reason,
  }),
  integerRounded: (event) => ({
    text: `integer rounded: ${at(event)} says one beyond 2^53-1, whose last digits are lost here`,
    kind: event.topic,
  }),
  partitionCount: ({ topic, expected, found }) =>
    found === expected
      ? { text: `${topic} has ${found} partitions again, as required`, kind: `${topic} ${found}`, level: "info" }
      : { text: `partition_count: ${topic} has ${found} partitions and needs ${expected}`, kind: `${topic} ${found}` },
  transactionOpen: (event) => ({
    text: `transaction open for ${Math.round(event.openMs / 1000)} s: ${event.topic}/${event.partition} cannot be read from ${event.offset} on before it ends, with its producer or by its transaction.timeout.ms`,
    kind: `${event.topic}/${event.partition}`,
  }),
} satisfies Partial<Lines>;

const ofLanes = {
  laneTaken: (event) => ({
    text: `lane taken: ${laneOf(event)}${event.epoch === null ? "" : ` epoch ${event.epoch}`}`,
  }),
  laneLost: (event) => ({ text: `lane lost: ${laneOf(event)} (${event.reason})` }),
  fenced: (event) => ({
    text: `fenced: a stale write to ${laneOf(event)} was refused; another owner took the lane`,
  }),
  laneWaiting: (event) => ({ text: `lane ${laneOf(event)} waits`, error: event.error, kind: "" }),
  unread: ({ partitions }) =>
    partitions.length === 0
      ? { text: "every partition is read again", level: "info" }
      : { text: `${partitions.length} partitions have no reader` },
} satisfies Partial<Lines>;
