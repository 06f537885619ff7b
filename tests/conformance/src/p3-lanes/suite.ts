import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { lanes } from "../kit/orders.js";
import type { createRecorder } from "../kit/recorder.js";
import { laneOf, range, until } from "../kit/world.js";
import { endedMembers } from "./ended-members.js";
import { grownTopics } from "./grown-topics.js";
import { lostLanes } from "./lost-lanes.js";
import { openSchool } from "./school.js";
import { staticMembers } from "./static-members.js";

/** P3: one consumer owns a whole lane: partition p of every topic of the domain. */
export function lanesSuite(harness: Harness): void {
  describe("P3 lanes", () => {
    lostLanes(harness);
    endedMembers(harness);
    grownTopics(harness);
    staticMembers(harness);

    it("every member owns whole lanes, each lane has one owner, and all lanes have one", async () => {
      const { world, join, owners } = await openSchool(harness);
      for (const who of ["a", "b", "c"]) await join(who, ["placed", "paid", "shipped"]);
      await until(() => expect(new Set(owners.values()).size).toBe(3));
      await until(() => expect(owners.size).toBe(lanes));
      const producer = world.producer();
      const ids = range(1, 41);
      for (const order_id of ids) {
        void producer.placed({ order_id, n: 0 });
        void producer.paid({ order_id, n: 1 });
        void producer.shipped({ order_id, n: 2 });
      }
      await producer.flush();
      const { recorder } = world;
      await until(() => expect(new Set(recorder.calls.map(({ key, n }) => `${key} ${n}`)).size).toBe(120));
      for (const lane of range(0, lanes)) {
        const last = new Set(ids.filter((id) => laneOf(id) === lane).map((id) => ownerOfLast(recorder, id)));
        expect(last.size, `owners of lane ${lane}`).toBe(1);
      }
    });

    it("with more members than lanes, those without a lane handle nothing and each lane still has one owner", async () => {
      const { world, join, owners, overlapping } = await openSchool(harness);
      for (const who of ["a", "b", "c", "d", "e", "f", "g"]) await join(who, ["placed", "paid"]);
      await until(() => expect(new Set(owners.values()).size).toBe(lanes));
      const producer = world.producer();
      await Promise.all(range(1, 21).map((order_id) => producer.placed({ order_id, n: 0 })));
      await until(() => expect(new Set(world.recorder.calls.map(({ key }) => key)).size).toBe(20));
      expect(overlapping).toEqual([]);
    });

    it("over joins and leaves under load: no lane with two owners, no key with two handlers, nothing lost, order kept", async () => {
      const { world, join, overlapping } = await openSchool(harness, 7);
      const producer = world.producer();
      const ids = range(1, 16);
      let n = 0;
      const send = (rounds: number) => {
        for (let round = 0; round < rounds; round += 1, n += 1)
          for (const order_id of ids)
            void producer[(["placed", "paid", "shipped"] as const)[n % 3] ?? "paid"]({ order_id, n });
        return producer.flush();
      };
      const names = ["placed", "paid", "shipped"] as const;
      const first = await join("a", names);
      await send(6);
      const second = await join("b", names);
      await send(6);
      await join("c", names);
      await send(6);
      await first.close();
      await send(6);
      await second.close();
      await join("d", names);
      await send(6);
      const { recorder } = world;
      await until(() => {
        for (const id of ids) expect(new Set(recorder.of(id)).size, `events of ${id}`).toBe(n);
      }, 10_000);
      expect(overlapping).toEqual([]);
      expect(recorder.overlaps()).toEqual([]);
      // A rebalance waits for handlers and commits, so nothing is handled twice; first handlings are in order.
      for (const id of ids) expect(recorder.of(id)).toEqual(range(0, n));
    });

    it("while a deploy adds a topic, a lane is never shared: its owner reads all, or the new topic waits", async () => {
      const { world, join, overlapping } = await openSchool(harness);
      const old = ["placed", "paid"] as const;
      const a = await join("old-a", old);
      const b = await join("old-b", old);
      const producer = world.producer();
      const ids = range(1, 11);
      for (const order_id of ids) {
        void producer.placed({ order_id, n: 0 });
        void producer.paid({ order_id, n: 1 });
        void producer.shipped({ order_id, n: 2 });
      }
      await producer.flush();
      await join("new-a", [...old, "shipped"]);
      await a.close();
      await join("new-b", [...old, "shipped"]);
      await b.close();
      for (const order_id of ids) void producer.paid({ order_id, n: 3 });
      const { recorder } = world;
      await until(() => {
        for (const id of ids) expect(new Set(recorder.of(id)), `events of ${id}`).toEqual(new Set([0, 1, 2, 3]));
      });
      expect(overlapping).toEqual([]);
      expect(recorder.overlaps()).toEqual([]);
      for (const id of ids) {
        const shipped = recorder.calls.filter(({ key, name }) => key === String(id) && name === "shipped");
        expect(shipped.every(({ who }) => who.startsWith("new"))).toBe(true);
      }
    });

    it("a member that crashes is followed by another, which handles what it had not committed", async () => {
      const { world, join } = await openSchool(harness);
      const producer = world.producer();
      const a = await join("a", ["placed", "paid"]);
      const ids = range(1, 11);
      for (const order_id of ids) await producer.placed({ order_id, n: 0 });
      await until(() => expect(world.recorder.calls.length).toBeGreaterThanOrEqual(10));
      await join("b", ["placed", "paid"]);
      await a.process.crash();
      for (const order_id of ids) await producer.paid({ order_id, n: 1 });
      await until(() => {
        for (const id of ids) expect(new Set(world.recorder.of(id))).toEqual(new Set([0, 1]));
      });
    });
  });
}

const ownerOfLast = (recorder: ReturnType<typeof createRecorder>, id: number) =>
  recorder.calls.filter(({ key }) => key === String(id)).at(-1)?.who;
