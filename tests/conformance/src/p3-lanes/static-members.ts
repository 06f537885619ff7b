import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer } from "@keyline/runtime";
import { expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { createConsumer, lanes } from "../kit/orders.js";
import { openWorld, range, rawOrder, until, within } from "../kit/world.js";
import { openSchool } from "./school.js";

const names = ["placed", "paid"] as const;
const ids = range(1, 11);
/** Far below every session timeout. */
const soonMs = 4000;
/** Longer than a heartbeat, and than a rebalance that nothing holds up. */
const rebalanceTakesMs = 500;

/** Members that keep their lanes while they are started again (KIP-345). */
export function staticMembers(harness: Harness): void {
  it("a static member that is closed and started again has its lanes again, and no other member loses one", async () => {
    const { world, join, owners, moves, overlapping } = await openSchool(harness);
    const first = await join("first", names, "a");
    await join("other", names, "b");
    await until(() => expect(new Set(owners.values()).size).toBe(2));
    await until(() => expect(owners.size).toBe(lanes));
    const before = lanesOf(owners, "first");
    const producer = world.producer();
    for (const order_id of ids) await producer.placed({ order_id, n: 0 });
    await until(() => expect(world.recorder.calls).toHaveLength(ids.length));
    moves.length = 0;
    await first.close();
    for (const order_id of ids) await producer.paid({ order_id, n: 1 });
    await sleep(rebalanceTakesMs);
    await join("second", names, "a");
    await until(() => expect(lanesOf(owners, "second")).toEqual(before), soonMs);
    await until(() => {
      for (const id of ids) expect(world.recorder.of(id), `events of ${id}`).toEqual([0, 1]);
    });
    expect(moves.filter((move) => move.startsWith("other"))).toEqual([]);
    expect(overlapping).toEqual([]);
  });

  it("a static member that crashed has its lanes again, with what it had not committed", async () => {
    const { world, join, owners, moves } = await openSchool(harness);
    const first = await join("first", names, "a");
    await join("other", names, "b");
    await until(() => expect(new Set(owners.values()).size).toBe(2));
    await until(() => expect(owners.size).toBe(lanes));
    const before = lanesOf(owners, "first");
    moves.length = 0;
    await first.process.crash();
    for (const lane of before) owners.delete(lane);
    const producer = world.producer();
    for (const order_id of ids) await producer.placed({ order_id, n: 0 });
    await join("second", names, "a");
    await until(() => expect(lanesOf(owners, "second")).toEqual(before), soonMs);
    await until(() => {
      for (const id of ids) expect(new Set(world.recorder.of(id)), `events of ${id}`).toEqual(new Set([0]));
    });
    expect(moves.filter((move) => move.startsWith("other"))).toEqual([]);
  });

  it("of two processes with one instance id the older one ends with instance_fenced, and sets nothing back", async () => {
    const { world, join, owners } = await openSchool(harness);
    const older = await join("older", names, "a");
    await until(() => expect(lanesOf(owners, "older")).toHaveLength(lanes));
    const producer = world.producer();
    for (const order_id of ids) await producer.placed({ order_id, n: 0 });
    const ended = expect(within(older.run(), 20_000)).rejects.toMatchObject({ code: "instance_fenced" });
    const newer = await join("newer", names, "a");
    await ended;
    for (const order_id of ids) await producer.paid({ order_id, n: 1 });
    await newer.caughtUp();
    await newer.close({ leave: true });
    const third = await join("third", names, "a");
    await third.caughtUp();
    const { recorder } = world;
    expect(recorder.calls.filter(({ who, n }) => n === 1 && who !== "newer")).toEqual([]);
    for (const id of ids) expect(firsts(recorder.of(id)), `events of ${id}`).toEqual([0, 1]);
  });

  needing(harness, "stall")(
    "a static member that wakes after another has its id ends with instance_fenced",
    async () => {
      const { world, join, owners } = await openSchool(harness);
      const older = await join("older", names, "a");
      await until(() => expect(lanesOf(owners, "older")).toHaveLength(lanes));
      const ended = expect(within(older.run(), 20_000)).rejects.toMatchObject({ code: "instance_fenced" });
      const wake = faultsOf(world.cluster).stall(older.process.inner);
      // Its session is over before the other one comes: it would join again as one that is expelled does.
      await sleep(50);
      const newer = await join("newer", names, "a");
      wake();
      await ended;
      const producer = world.producer();
      for (const order_id of ids) await producer.placed({ order_id, n: 0 });
      await newer.caughtUp();
      expect(new Set(world.recorder.calls.map(({ who }) => who))).toEqual(new Set(["newer"]));
    },
  );

  it("a static member that is closed to leave gives its lanes to the others at once", async () => {
    const { join, owners } = await openSchool(harness);
    await join("stays", names, "a");
    const leaves = await join("leaves", names, "b");
    await until(() => expect(new Set(owners.values()).size).toBe(2));
    await leaves.close({ leave: true });
    await until(() => expect(lanesOf(owners, "stays")).toHaveLength(lanes), soonMs);
  });

  it("a rolling deploy that adds a topic to static members reads every log, and keeps the order", async () => {
    const { world, join, owners, overlapping } = await openSchool(harness);
    const members: Consumer[] = [await join("old-a", names, "a"), await join("old-b", names, "b")];
    await until(() => expect(new Set(owners.values()).size).toBe(2));
    const producer = world.producer();
    const send = (n: number) => {
      for (const order_id of ids) {
        void producer.placed({ order_id, n });
        void producer.shipped({ order_id, n: n + 1 });
      }
      return producer.flush();
    };
    await send(0);
    for (const [index, name] of ["a", "b"].entries()) {
      await members[index]?.close();
      await send(2 + 2 * index);
      await join(`new-${name}`, [...names, "shipped"], name);
    }
    await send(6);
    await until(() => {
      for (const id of ids) expect(new Set(world.recorder.of(id)), `events of ${id}`).toEqual(new Set(range(0, 8)));
    });
    expect(overlapping).toEqual([]);
    expect(world.recorder.overlaps()).toEqual([]);
    for (const id of ids) expect(firsts(world.recorder.of(id)).filter((n) => n % 2 === 0)).toEqual([0, 2, 4, 6]);
  });

  it("a static member that led its group before it was started again sees a topic grow", async () => {
    const world = await openWorld(harness, { ownTopics: true });
    const read = new Set<number>();
    const start = async () => {
      const consumer = createConsumer({
        transport: world.process({ metadataIntervalMs: 200 }).transport,
        groupId: "readers",
        instanceId: "a",
        on: { logged: (_, { partition }) => void read.add(partition) },
      });
      return world.start(consumer);
    };
    await (await start()).close();
    const again = await start();
    for (const topic of ["audit.logged.dlq", "audit.logged"]) await world.cluster.growTopic(topic, 6);
    for (const partition of range(0, 6))
      await world.cluster.produceRaw({ topic: "audit.logged", partition, value: rawOrder(1, 1) });
    await within(again.caughtUp(), 20_000);
    expect(read).toEqual(new Set(range(0, 6)));
  });

  it.each(["", "a b", "ä", "..", "x".repeat(250)])(
    "the instance id %j is refused before anything is asked",
    async (id) => {
      const { join } = await openSchool(harness);
      await expect(join("a", names, id)).rejects.toMatchObject({ code: "options_invalid" });
    },
  );
}

const lanesOf = (owners: ReadonlyMap<number, string>, who: string): number[] =>
  [...owners].flatMap(([lane, owner]) => (owner === who ? [lane] : [])).sort((one, other) => one - other);

/** Without what is repeated. */
const firsts = (all: readonly number[]): number[] => [...new Set(all)];
