import { setTimeout as sleep } from "node:timers/promises";
import { startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, createKafkajsTransport } from "@keyline/kafkajs";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { median, type Side } from "../measure.js";
import { newGroup, students } from "../setting.js";
import { brokerSettings, createMembers, type Kind, kinds, type Members, sessionTimeoutMs } from "./members.js";
import { type Handled, type Waits, waitsOf } from "./waits.js";

/** What happens to a group of three members, and how long what comes of it is looked at, milliseconds. */
interface Change {
  readonly name: string;
  readonly forMs: number;
  run(members: Members): Promise<void>;
  /** Back to three members, unmeasured. */
  after?(members: Members): Promise<void>;
}

const slots = [0, 1, 2] as const;
const copies = slots.length;
const settlesMs = 6000;

const changes: readonly Change[] = [
  { name: "a join", forMs: settlesMs, run: (members) => members.start(copies) },
  { name: "a leave", forMs: settlesMs, run: (members) => members.end(copies, "SIGTERM") },
  {
    name: "a kill",
    forMs: 2 * sessionTimeoutMs,
    run: (members) => members.end(0, "SIGKILL"),
    after: (members) => members.start(0),
  },
  {
    name: "a rolling restart of three",
    forMs: settlesMs,
    async run(members) {
      for (const slot of slots) {
        await members.end(slot, "SIGTERM");
        await members.start(slot);
        await sleep(settlesMs / 2);
      }
    },
  },
];

const perSecond = 200;

/**
 * (l): how long the events of a key wait when its group changes, with ours and with Java's client, on one broker. `stayed`: how many
 * times as long as before those of ours wait whose keys stay, the middle of all changes.
 */
export async function rebalancing(
  rounds: number,
): Promise<{ readonly sides: readonly Side[]; readonly stayed: number }> {
  const cluster = await startKafka({ settings: brokerSettings });
  const { brokers } = cluster;
  try {
    const admin = createKafkajsTopics({ brokers });
    const { address, partitions } = topics.codeExecuted;
    for (const name of [address, deadLetterTopic(address)]) await admin.create({ name, partitions: partitions ?? 1 });
    await admin.close();
    const sides: Side[] = [];
    let stayed = Number.NaN;
    for (const kind of kinds) {
      const found = await measure(kind, brokers, rounds);
      sides.push(...[...found].map(([change, waits]) => ({ name: textOf(kind, change, waits), perSecond: [] })));
      const ratios = [...found.values()]
        .flat()
        .flatMap(({ stayedMs, quietMs }) => (stayedMs === null ? [] : stayedMs / quietMs));
      if (kind === kinds[0]) stayed = median(ratios);
    }
    return { sides, stayed };
  } finally {
    await cluster.stop();
  }
}

async function measure(kind: Kind, brokers: readonly string[], rounds: number): Promise<ReadonlyMap<string, Waits[]>> {
  const handled: Handled[] = [];
  const members = createMembers(kind, { brokers, groupId: newGroup() }, (one) => handled.push(one));
  const over = new AbortController();
  const sending = send(brokers, over.signal);
  const found = new Map<string, Waits[]>(changes.map(({ name }) => [name, []]));
  try {
    await Promise.all(slots.map(members.start));
    await sleep(2 * settlesMs);
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, forMs, run, after } of changes) {
        const fromMs = Date.now();
        await run(members);
        await sleep(forMs);
        const toMs = Date.now();
        // What was sent last may still be under way.
        await sleep(1000);
        found.get(name)?.push(waitsOf(handled, fromMs, toMs));
        await after?.(members);
        await sleep(settlesMs);
      }
    }
  } finally {
    over.abort();
    await sending;
    await members.endAll();
  }
  return found;
}

async function send(brokers: readonly string[], signal: AbortSignal): Promise<void> {
  const transport = createKafkajsTransport({ brokers });
  const producer = createProducer({ transport, source: "bench" });
  const ids = students(120);
  const payload = { submission_id: crypto.randomUUID(), module: "oop", success: true, execution_time_ms: 12 } as const;
  for (let n = 0; !signal.aborted; n += 1) {
    void producer.codeExecuted({ student_id: ids[n % ids.length] ?? 1, payload });
    await sleep(1000 / perSecond);
  }
  await producer.close();
  await transport.close();
}

function textOf({ name }: Kind, change: string, all: readonly Waits[]): string {
  const middle = (of: (waits: Waits) => number | null) => {
    const values = all.flatMap((waits) => of(waits) ?? []);
    return values.length === 0 ? "-" : `${Math.round(median(values))} ms`;
  };
  const moved = Math.round(median(all.map((waits) => waits.moved)));
  const stays = middle(({ stayedMs }) => stayedMs);
  const moves = middle(({ movedMs }) => movedMs);
  return `${name}, ${change}: quiet ${middle(({ quietMs }) => quietMs)}, keys that stay ${stays}, ${moved} of 120 that move ${moves}`;
}
