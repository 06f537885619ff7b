import type { Hooks } from "@keyline/runtime";
import { harmless, type Partitioner } from "@keyline/runtime/tools";

/** Whose default a partitioner is. */
const users: Readonly<Record<Partitioner, string>> = {
  murmur2: "Java's clients, kafkajs, kafka-python",
  consistent: "librdkafka: confluent-kafka, kcat",
  fnv1a: "Sarama: Dapr",
};

type SequenceIgnored = Parameters<NonNullable<Hooks["sequenceIgnored"]>>[0]["reason"];

const notBelieved: Readonly<Record<SequenceIgnored, string>> = {
  number: "its lane does not hold as many events",
  name: "its name is too long, or one of more than its topic's senders may use",
};

/** How often one kind of line is written at most: a producer that fails all the time must not fill a disk. */
const everyMs = 10_000;

const at = ({ topic, partition, offset }: { topic: string; partition: number; offset: number }) =>
  `${topic}/${partition}@${offset}`;

/** Tells what people should know, a line each on `write`: ids and keys, never payloads. */
export function logHooks(write: (line: string) => void, nowMs: () => number = () => performance.now()): Hooks {
  // Invariant: `quiet` has for each kind of line when one was written last, and how many were left out since.
  const quiet = new Map<string, { readonly sinceMs: number; left: number }>();
  const line = (text: string) => write(`${new Date().toISOString()} ${harmless(text)}\n`);

  /** At most one line of a kind in ten seconds; the next says how many were left out. */
  const seldom = (kind: string, text: string) => {
    const last = quiet.get(kind);
    if (last && nowMs() - last.sinceMs < everyMs) {
      last.left += 1;
      return;
    }
    quiet.set(kind, { sinceMs: nowMs(), left: 0 });
    line(last && last.left > 0 ? `${text} (and ${last.left} more like it)` : text);
  };

  const culprit = createCulprit();

  return {
    laneTaken: ({ domain, lane, epoch }) => line(`lane taken: ${domain}/${lane} epoch ${epoch}`),
    laneLost: ({ domain, lane, reason }) => line(`lane lost: ${domain}/${lane} (${reason})`),
    fenced: ({ domain, lane }) =>
      line(`fenced: a stale write to ${domain}/${lane} was refused; another owner took the lane`),
    laneWaiting: ({ domain, lane, error }) => seldom("waits", `lane ${domain}/${lane} waits: ${error.message}`),
    retried: (event) =>
      seldom(
        `retried ${event.error.code}`,
        `retry ${event.attempt} of ${at(event)} in ${event.delayMs} ms: ${event.error.message}`,
      ),
    handlerLate: (event) => seldom("late", `a handler has taken ${event.timeoutMs} ms and goes on: ${at(event)}`),
    deadLettered: (event) => seldom(`dead ${event.error.code}`, `dead letter: ${at(event)}: ${event.error.message}`),
    parked: (event) => seldom("parked", `parked: ${at(event)}${event.error ? `: ${event.error.message}` : ""}`),
    timerDropped: ({ timer, error }) => seldom("timer", `timer ${timer} dropped: ${error.message}`),
    wrongPartition: (event) => {
      const by = culprit(event.matches);
      seldom("partition", `wrong partition: ${at(event)} belongs on partition ${event.expected}; ${by}`);
    },
    integerRounded: (event) =>
      seldom(
        `integer ${event.topic}`,
        `integer rounded: ${at(event)} says one beyond 2^53-1, whose last digits are lost here`,
      ),
    causeIgnored: (event) => {
      if (event.reason === "missing") seldom("cause", `cause missing: ${at(event)} names a cause beyond the log's end`);
    },
    sequenceIgnored: (event) =>
      seldom(`sequence ${event.reason}`, `keyline-seq of ${at(event)} is not noted: ${notBelieved[event.reason]}`),
    ignored: (event) => {
      if (event.reason === "id_reused")
        seldom("id", `id reused: ${at(event)} has the id of another event of its topic and key, and was left out`);
    },
    partitionCount: ({ topic, expected, found }) =>
      seldom(
        `count ${topic} ${found}`,
        found === expected
          ? `${topic} has ${found} partitions again, as it needs`
          : `partition_count: ${topic} has ${found} partitions and needs ${expected}: see docs/operations/partitions.md`,
      ),
    transactionOpen: (open) => seldom(`transaction ${open.topic}/${open.partition}`, transactionText(open)),
    unread: ({ partitions }) =>
      line(
        partitions.length === 0 ? "every partition is read again" : `${partitions.length} partitions have no reader`,
      ),
  };
}

/**
 * Says after each record on a wrong partition which partitioner most likely put them there. By chance each matches now and
 * then; the one that a producer uses matches all of its records.
 *
 * Invariant: `likely` has for each partitioner how many of all `strays` it would have put where they lie.
 */
function createCulprit(): (matches: readonly Partitioner[]) => string {
  const likely = new Map<Partitioner, number>();
  let strays = 0;

  return (matches) => {
    strays += 1;
    for (const name of matches) likely.set(name, (likely.get(name) ?? 0) + 1);
    const [best] = [...likely].sort(([, a], [, b]) => b - a);
    if (!best) return `no partitioner that we know puts such keys where they lie (${strays} so far)`;
    const [name, count] = best;
    return `${count} of ${strays} such records lie where ${name} puts them (${users[name]})`;
  };
}

function transactionText({
  topic,
  partition,
  offset,
  openMs,
}: Parameters<NonNullable<Hooks["transactionOpen"]>>[0]): string {
  const open = `transaction open for ${Math.round(openMs / 1000)} s`;
  return `${open}: nothing of ${topic}/${partition} from ${offset} on is read before it ends, with its producer or by its transaction.timeout.ms`;
}
