import { KeylineError } from "@keyline/runtime";
import { createRandom } from "@keyline/runtime/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { allTopics, lanes } from "../kit/orders.js";
import { seeds } from "../kit/seeds.js";
import { openWorld, range, sameLane } from "../kit/world.js";
import { endingTests } from "./endings.js";
import { failureTests } from "./failures.js";
import { limitTests } from "./limits.js";
import { expectCallOrder } from "./order.js";
import { overlapTests } from "./overlaps.js";
import { underFaults } from "./random-faults.js";
import { alternating, expectOnce, open } from "./sends.js";

/** P4: for one key the log has the acknowledged events in the order of the calls, over all topics. */
export function callOrderSuite(harness: Harness): void {
  describe("P4 call order", () => {
    for (const connectedFirst of [true, false]) {
      it(`un-awaited sends of a key over several topics keep their order, ${connectedFirst ? "once connected" : "across the first connection"}`, async () => {
        const { process, producer } = await open(harness);
        if (connectedFirst) await producer.connect();
        const sends = range(0, 30).map((n) => producer[alternating(n)]({ order_id: 7, n }));
        await Promise.all(sends);
        expectCallOrder(process, 7, range(0, 30));
      });
    }

    it("sends before, while and after connecting form one order", async () => {
      const { process, producer } = await open(harness);
      const sends = [producer.placed({ order_id: 7, n: 0 })];
      const connected = producer.connect();
      sends.push(producer.paid({ order_id: 7, n: 1 }));
      await connected;
      sends.push(producer.shipped({ order_id: 7, n: 2 }), producer.placed({ order_id: 7, n: 3 }));
      await Promise.all(sends);
      expectCallOrder(process, 7, [0, 1, 2, 3]);
    });

    it("many keys keep their orders, travel in batches, and their answers come in order of the calls", async () => {
      const { process, producer } = await open(harness);
      const random = createRandom(11).next;
      const answered = new Map<number, number[]>();
      const counts = new Map<number, number>();
      const sends = range(0, 600).map(() => {
        const order_id = 1 + Math.floor(random() * 20);
        const n = counts.get(order_id) ?? 0;
        counts.set(order_id, n + 1);
        const topic = (["placed", "paid", "shipped"] as const)[Math.floor(random() * 3)] ?? "paid";
        return producer[topic]({ order_id, n }).then(() => {
          answered.set(order_id, [...(answered.get(order_id) ?? []), n]);
        });
      });
      await Promise.all(sends);
      for (const [key, count] of counts) {
        expectCallOrder(process, key, range(0, count));
        expect(answered.get(key)).toEqual(range(0, count));
      }
      expect(process.appends.length).toBeLessThan(400);
    });

    it("an event that waits for its predecessor on another topic lets events of other keys pass", async () => {
      const { process, producer } = await open(harness);
      await producer.connect();
      const [slow = 0, other = 0] = sameLane(1, 2);
      const open_ = process.block("orders.placed");
      const first = producer.placed({ order_id: slow, n: 0 });
      const second = producer.paid({ order_id: slow, n: 1 });
      const passing = await producer.paid({ order_id: other, n: 2 });
      expect(passing.offset).toBe(0);
      open_();
      await expect(second).resolves.toMatchObject({ offset: 1 });
      await first;
      expectCallOrder(process, slow, [0, 1]);
    });

    it("never more than one append is under way for a partition", async () => {
      const { process, producer } = await open(harness);
      const sends = range(0, 50).map(async (n) => {
        if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
        await producer.paid({ order_id: 7, n });
      });
      await Promise.all(sends);
      const { appends } = process;
      appends.forEach((append, index) => {
        const next = appends[index + 1];
        if (next) expect(append.endedAt).toBeLessThan(next.startedAt);
      });
    });

    failureTests(harness);
    overlapTests(harness);

    it("a failure that says nothing was written is tried again in its place", async () => {
      const { process, producer } = await open(harness);
      await producer.connect();
      let failures = 2;
      process.intercept("orders.placed", (_, forward) =>
        failures-- > 0 ? Promise.reject(new KeylineError("transport_unavailable", "no leader")) : forward(),
      );
      await Promise.all(range(0, 6).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 6));
    });

    it("what cannot be delivered within the time rejects, and its successors go on", async () => {
      const { process, producer } = await open(harness, { deliveryTimeoutMs: 60 });
      await producer.connect();
      process.intercept("orders.placed", () => Promise.reject(new KeylineError("transport_unavailable", "no leader")));
      const lost = producer.placed({ order_id: 7, n: 0 });
      const next = producer.paid({ order_id: 7, n: 1 });
      await expect(lost).rejects.toMatchObject({ code: "transport_unavailable", retryable: true });
      await next;
      expectCallOrder(process, 7, [1]);
    });

    limitTests(harness);

    endingTests(harness);

    it("a first event on a topic made after connecting is not overtaken by later events of its key", async () => {
      const { "orders.paid": _, ...others } = allTopics;
      const world = await openWorld(harness, { topics: others });
      const process = world.process();
      const producer = world.producer({ process });
      await producer.connect();
      await world.cluster.createTopics({ "orders.paid": lanes });
      await Promise.all([
        producer.paid({ order_id: 7, n: 0 }),
        producer.shipped({ order_id: 7, n: 1 }),
        producer.placed({ order_id: 7, n: 2 }),
      ]);
      expectCallOrder(process, 7, [0, 1, 2]);
    });

    it("a connection that fails rejects what waits for it, writes none of it, and the next send connects again", async () => {
      const world = await openWorld(harness);
      const process = world.process();
      let down = true;
      const transport = {
        ...process.transport,
        clusterId: () =>
          down ? Promise.reject(new KeylineError("transport_unavailable", "no broker")) : process.transport.clusterId(),
      };
      const producer = world.producer({ process: { ...process, transport } });
      const settled = await Promise.allSettled(range(0, 3).map((n) => producer.paid({ order_id: 7, n })));
      expect(settled).toMatchObject(range(0, 3).map(() => ({ reason: { code: "transport_unavailable" } })));
      down = false;
      await producer.paid({ order_id: 7, n: 3 });
      expectCallOrder(process, 7, [3]);
    });

    it("hooks that throw change nothing, and name the key as it is on the record", async () => {
      // Each is a warning of the process, which is expected here.
      const warnings = vi.spyOn(globalThis.process, "emitWarning").mockImplementation(() => undefined);
      onTestFinished(() => warnings.mockRestore());
      const keys: (string | null)[] = [];
      const { process, producer } = await open(harness, {
        hooks: {
          sent: () => {
            throw new Error("sent threw");
          },
          acknowledged: ({ key }) => {
            keys.push(key);
            throw new Error("acknowledged threw");
          },
        },
      });
      await Promise.all(range(0, 6).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 6));
      expect(new Set(keys)).toEqual(new Set(["7"]));
    });

    needing(harness, "append-faults")("lost answers: no event twice, none lost, order kept", async () => {
      const { world, process, producer } = await open(harness);
      await producer.connect();
      faultsOf(world.cluster).loseAnswers({ topic: "orders.placed", count: 3 });
      faultsOf(world.cluster).loseAnswers({ topic: "orders.paid", count: 3 });
      await Promise.all(range(0, 30).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 30));
      await expectOnce(world, 7, range(0, 30));
    });

    needing(harness, "append-faults")(
      "an outcome that stays unknown may appear once; its successors go on",
      async () => {
        const { world, process, producer } = await open(harness);
        await producer.connect();
        faultsOf(world.cluster).breakAppends({ topic: "orders.placed", count: 1, written: true });
        const unknownOne = producer.placed({ order_id: 7, n: 0 });
        const rest = range(1, 9).map((n) => producer[alternating(n)]({ order_id: 7, n }));
        await expect(unknownOne).rejects.toMatchObject({ code: "outcome_unknown" });
        await Promise.all(rest);
        expectCallOrder(process, 7, range(1, 9));
        await expectOnce(world, 7, range(0, 9));
      },
    );

    for (const [index, seed] of seeds(6).entries()) {
      const aborting = index >= 3;
      const title = `under random faults ${aborting ? "and aborts " : ""}(seed ${seed}): acknowledged events in call order, none twice`;
      needing(harness, "append-faults")(title, () => underFaults(harness, seed, aborting));
    }
  });
}
