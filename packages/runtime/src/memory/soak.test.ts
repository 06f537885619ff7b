import fc from "fast-check";
import { expect, it } from "vitest";
import type { Transport } from "../ports/transport.js";
import { createMemoryCluster } from "./cluster.js";
import { nameOf, testMember, until } from "./test-member.js";

const topics = ["a", "b"];
const partitions = 3;

/** A process that commits what it has read, and knows what it owns as long as it has not heard otherwise. */
async function join(transport: Transport, owners: Map<string, object>, asleep: ReadonlySet<object>) {
  const self = {};
  const seen: string[] = [];
  const conflicts: string[] = [];
  const member = testMember(transport, {
    topics,
    assigned(given) {
      for (const partition of given) {
        const rival = owners.get(nameOf(partition));
        if (rival && rival !== self && !asleep.has(rival)) conflicts.push(nameOf(partition));
        owners.set(nameOf(partition), self);
      }
    },
    revoked(taken) {
      for (const partition of taken) if (owners.get(nameOf(partition)) === self) owners.delete(nameOf(partition));
    },
    batch(records) {
      for (const one of records) seen.push(`${nameOf(one)}@${one.offset}`);
      const last = records.at(-1);
      if (last) void member.consumer.commit([{ ...last, offset: last.offset + 1 }]);
    },
  });
  await member.consumer.start();
  return { self, seen, conflicts, transport, ...member };
}

it("through joins, stops, stalls and rebalances every record is read, and no two awake members own a partition", async () => {
  const step = fc.constantFrom("produce", "produce", "join", "stop", "stall", "wake", "rebalance", "wait");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer(), async (steps, seed) => {
      const cluster = createMemoryCluster({ seed });
      for (const topic of topics) cluster.createTopic(topic, { partitions });
      const owners = new Map<string, object>();
      const asleep = new Set<object>();
      const start = () => join(cluster.transport({ maxRecordsPerPartition: 2 }), owners, asleep);
      const members = [await start()];
      const all = [...members];
      const sleeping: { readonly self: object; readonly wake: () => void }[] = [];
      const expected = new Set<string>();
      const produce = (index: number) => {
        const at = { topic: topics[index % 2] ?? "a", partition: index % partitions };
        expected.add(`${nameOf(at)}@${cluster.faults.produce(at)}`);
      };
      for (const [index, kind] of steps.entries()) {
        if (kind === "produce") for (let count = 0; count < 7; count += 1) produce(index + count);
        if (kind === "join" && members.length < 5) {
          members.push(await start());
          all.push(...members.slice(-1));
        }
        if (kind === "stop" && members.length > 1) await members.shift()?.transport.close();
        const member = members[index % members.length];
        if (kind === "stall" && member && !asleep.has(member.self)) {
          asleep.add(member.self);
          sleeping.push({
            self: member.self,
            wake: cluster.faults.stall(member.transport, { expireAfterMs: index % 3 }),
          });
        }
        const woken = kind === "wake" ? sleeping.shift() : undefined;
        woken?.wake();
        if (kind === "rebalance") cluster.faults.rebalance("g");
        if (kind === "wait") await new Promise((resolve) => setTimeout(resolve, 3));
      }
      for (const { wake } of sleeping) wake();
      produce(0);
      await until(() => expect(new Set(all.flatMap(({ seen }) => seen))).toEqual(expected));
      await until(() => expect(members.flatMap(({ owned }) => owned())).toHaveLength(topics.length * partitions));
      expect(all.flatMap(({ conflicts }) => conflicts)).toEqual([]);
      expect(all.flatMap(({ errors }) => errors)).toEqual([]);
      await Promise.all(members.map(({ transport }) => transport.close()));
    }),
    { numRuns: 60 },
  );
}, 60_000);
