import { setTimeout as sleep } from "node:timers/promises";
import type { createRandom } from "@keyline/runtime/testing";
import type { Cluster } from "../world/cluster.js";
import type { Database } from "../world/database.js";
import type { Copies } from "./copies.js";

/** What faults are done to. */
export interface OutboxWorld {
  readonly cluster: Cluster;
  readonly database: Database;
  readonly writers: Copies;
  readonly relays: Copies;
  /** So long after its last word a relay's slots go to others. */
  readonly leaseMs: number;
}

type Random = ReturnType<typeof createRandom>;
type Act = (world: OutboxWorld, random: Random) => Promise<void>;

const anyOf = ({ places }: Copies, random: Random) => random.below(places);

/** What can be done to a run of the outbox, each with how often it comes (milliseconds). */
const faults = {
  "writer killed": {
    everyMs: 13_000,
    act: ({ writers }, random) => {
      const place = anyOf(writers, random);
      return writers.at(place).isRunning() ? writers.replace(place) : Promise.resolve();
    },
  },
  "relay killed": { everyMs: 14_000, act: ({ relays }, random) => relays.replace(anyOf(relays, random)) },
  "relay stalled": {
    everyMs: 25_000,
    async act({ relays, leaseMs }, random) {
      const copy = relays.at(anyOf(relays, random));
      copy.signal("SIGSTOP");
      await sleep(leaseMs + 2000);
      // Others have its slots by now: it wakes with rows that it was about to publish.
      copy.signal("SIGCONT");
    },
  },
  "broker killed": {
    everyMs: 30_000,
    async act({ cluster: { kafka } }, random) {
      const broker = random.below(kafka.brokers.length);
      await kafka.kill(broker);
      await sleep(4000);
      await kafka.restart(broker);
    },
  },
  "database killed": { everyMs: 40_000, act: ({ database }) => database.crash() },
  "answers lost": {
    everyMs: 4000,
    act: async ({ cluster: { proxies } }, random) =>
      proxies[random.below(proxies.length)]?.loseNext(1 + random.below(3)),
  },
} as const satisfies Readonly<Record<string, { readonly everyMs: number; readonly act: Act }>>;

export type OutboxFault = keyof typeof faults;

/** Does each fault again and again until the time is over and `isOver`; resolves with how often each was done, when all is repaired. */
export async function inflictOn(
  world: OutboxWorld,
  { random, seconds, isOver }: { readonly random: Random; readonly seconds: number; readonly isOver: () => boolean },
  say: (line: string) => void,
): Promise<Readonly<Record<OutboxFault, number>>> {
  const done = Object.fromEntries(Object.keys(faults).map((name) => [name, 0])) as Record<OutboxFault, number>;
  const untilMs = performance.now() + seconds * 1000;
  const goesOn = () => performance.now() < untilMs || !isOver();
  const again = async (name: OutboxFault) => {
    for (;;) {
      await sleep(faults[name].everyMs * (0.3 + 0.7 * random.next()));
      if (!goesOn()) return;
      say(name);
      await faults[name].act(world, random);
      done[name] += 1;
    }
  };
  await Promise.all((Object.keys(faults) as OutboxFault[]).map(again));
  return done;
}
