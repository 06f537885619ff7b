import { randomBytes } from "node:crypto";
import type { ConsumerOptions, HandlerContext } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { lettersOf, redelivered } from "../kit/letters.js";
import { needing } from "../kit/needing.js";
import { createConsumer, type OrderEvent, type OrderTopics } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { laneOf, openWorld, rawOrder, until, type World } from "../kit/world.js";
import { type HandlersDatabase, type HandlersTables, openTables } from "./handlers-database.js";

/** What a handler does beside its database. */
interface Moments {
  /** Before the transaction begins, each time. */
  readonly before?: (ctx: HandlerContext) => Promise<void> | void;
  /** In the part that runs once, after its effect. */
  readonly within?: (ctx: HandlerContext) => Promise<void> | void;
  /** After the commit. */
  readonly after?: (ctx: HandlerContext, ran: boolean) => Promise<void> | void;
}

/** P8 of plain handlers: a part that takes effect in the handler's own database takes effect once. */
export function onceSuite(harness: Harness, database: HandlersDatabase): void {
  describe(`P8 once in a handler, on ${database.name}`, () => {
    let schemas = 0;
    const open = async () => {
      schemas += 1;
      return { world: await openWorld(harness), table: await openTables(database, `once_${schemas}`) };
    };

    it("a handler that fails after its commit is called again, and its part is not", async () => {
      const { world, table } = await open();
      const ran: boolean[] = [];
      await world.producer().paid({ order_id: 1, n: 0 });
      await run(world, table, {
        after(ctx, didRun) {
          ran.push(didRun);
          if (ctx.attempt === 1) throw new Error("as the test says");
        },
      });
      await until(() => expect(ran).toEqual([true, false]));
      expect(await table.lines()).toEqual(["1 paid 0"]);
    });

    it("a part that throws is rolled back with what is noted of it, and runs again", async () => {
      const { world, table } = await open();
      await world.producer().paid({ order_id: 1, n: 0 });
      await run(world, table, {
        within({ attempt }) {
          if (attempt < 3) throw new Error("as the test says");
        },
      });
      await until(async () => expect(await table.lines()).toEqual(["1 paid 0"]));
    });

    it("a dead letter that is sent again does not run a part that has taken effect, nor does a second copy", async () => {
      const { world, table } = await open();
      const broken = new Set(["after"]);
      const ran: boolean[] = [];
      await world.producer().paid({ order_id: 1, n: 0 });
      await run(world, table, {
        after(_, didRun) {
          ran.push(didRun);
          if (broken.has("after")) throw new Error("as the test says");
        },
      });
      const [letter] = await lettersOf(world, "orders.paid");
      expect(await table.lines()).toEqual(["1 paid 0"]);
      broken.clear();
      for (let copy = 0; copy < 2; copy += 1) if (letter) await world.cluster.produceRaw(redelivered(letter));
      // Three attempts, then one of each copy.
      await until(() => expect(ran).toEqual([true, false, false, false, false]));
      expect(await table.lines()).toEqual(["1 paid 0"]);
    });

    it("a dead letter whose part never took effect runs it once, however often it is sent", async () => {
      const { world, table } = await open();
      const broken = new Set(["within"]);
      const ran: boolean[] = [];
      await world.producer().paid({ order_id: 1, n: 0 });
      await run(world, table, {
        within() {
          if (broken.has("within")) throw new Error("as the test says");
        },
        after: (_, didRun) => void ran.push(didRun),
      });
      const [letter] = await lettersOf(world, "orders.paid");
      expect(await table.lines()).toEqual([]);
      broken.clear();
      for (let copy = 0; copy < 2; copy += 1) if (letter) await world.cluster.produceRaw(redelivered(letter));
      await until(() => expect(ran).toEqual([true, false]));
      expect(await table.lines()).toEqual(["1 paid 0"]);
    });

    it("an event without an id is known by its place, its dead letter by the place where it was first", async () => {
      const { world, table } = await open();
      const broken = new Set([0]);
      const ran: boolean[] = [];
      // The same bytes at another place are another event.
      const place = { topic: "audit.logged", partition: 1 };
      for (let copy = 0; copy < 2; copy += 1) await world.cluster.produceRaw({ ...place, value: '{"n":0}' });
      await run(world, table, {
        after({ offset, eventId }, didRun) {
          ran.push(didRun);
          expect(eventId).toBeNull();
          if (broken.has(offset)) throw new Error("as the test says");
        },
      });
      const [letter] = await lettersOf(world, "audit.logged");
      broken.clear();
      if (letter) await world.cluster.produceRaw(redelivered(letter));
      // Each ran once; besides, the first one was tried twice more, and its letter.
      await until(() => expect([...ran].sort()).toEqual([false, false, false, true, true]));
      expect(await table.lines()).toEqual(["undefined logged 0", "undefined logged 0"]);
    });

    it("each group has its own effect, and one id on two topics is two events", async () => {
      const { world, table } = await open();
      const producer = world.producer();
      const event = { event_id: "0f3c", order_id: 1, n: 0 };
      await producer.paid(event);
      await producer.shipped(event);
      await run(world, table);
      await run(world, table, {}, { groupId: "others" });
      const expected = ["1 paid 0", "1 paid 0", "1 shipped 0", "1 shipped 0"];
      await until(async () => expect([...(await table.lines())].sort()).toEqual(expected));
    });

    it.each([randomBytes(2500).toString("hex"), "half \ud800 a pair", "nul \u0000"])(
      "an id that no index takes names an event, too (%#)",
      async (id) => {
        const { world, table } = await open();
        const ran: boolean[] = [];
        const raw = { topic: "orders.paid", partition: laneOf(1), key: "1", value: rawOrder(1, 0, { event_id: id }) };
        for (let copy = 0; copy < 2; copy += 1) await world.cluster.produceRaw(raw);
        await run(world, table, { after: (_, didRun) => void ran.push(didRun) });
        await until(() => expect(ran).toEqual([true, false]));
      },
    );

    it("a crash between the database's commit and the offset's: the next owner does not run it again", async () => {
      const { world, table } = await open();
      const ran: boolean[] = [];
      await world.producer().paid({ order_id: 1, n: 0 });
      const first = await run(world, table, { after: () => new Promise<void>(() => undefined) });
      await until(async () => expect(await table.lines()).toEqual(["1 paid 0"]));
      await first.process.crash();
      await run(world, table, { after: (_, didRun) => void ran.push(didRun) });
      await until(() => expect(ran).toEqual([false]));
      expect(await table.lines()).toEqual(["1 paid 0"]);
    });

    needing(harness, "stall")("a zombie that wakes after the new owner has committed changes nothing", async () => {
      const { world, table } = await open();
      const awake = Promise.withResolvers<void>();
      const [asleep, late] = [[] as number[], [] as boolean[]];
      await world.producer().paid({ order_id: 1, n: 0 });
      const zombie = await run(world, table, {
        before: ({ offset }) => {
          asleep.push(offset);
          return awake.promise;
        },
        after: (_, didRun) => void late.push(didRun),
      });
      await until(() => expect(asleep).toEqual([0]));
      const wake = faultsOf(world.cluster).stall(zombie.process.inner);
      await run(world, table);
      await until(async () => expect(await table.lines()).toEqual(["1 paid 0"]));
      wake();
      awake.resolve();
      await until(() => expect(late).toEqual([false]));
      expect(await table.lines()).toEqual(["1 paid 0"]);
    });

    if (database.isConcurrent) zombieInItsTransaction(harness, open);
  });
}

/** A zombie whose transaction is open when the lane goes to the next owner. */
function zombieInItsTransaction(
  harness: Harness,
  open: () => Promise<{ readonly world: World; readonly table: HandlersTables }>,
): void {
  needing(harness, "stall")(
    "the next owner waits for the zombie's transaction: nothing is done twice, nor not at all",
    async () => {
      for (const ends of ["commits", "rolls back"] as const) {
        const { world, table } = await open();
        const inside = Promise.withResolvers<void>();
        const end = Promise.withResolvers<void>();
        const begun: string[] = [];
        const ran: boolean[] = [];
        await world.producer().paid({ order_id: 1, n: 0 });
        const zombie = await run(world, table, {
          async within() {
            inside.resolve();
            await end.promise;
          },
        });
        await inside.promise;
        const wake = faultsOf(world.cluster).stall(zombie.process.inner);
        await run(world, table, {
          before: () => void begun.push("second"),
          after: (_, didRun) => void ran.push(didRun),
        });
        await until(() => expect(begun).toEqual(["second"]));
        expect(ran).toEqual([]);
        if (ends === "commits") end.resolve();
        else end.reject(new Error("as the test says"));
        await until(() => expect(ran).toEqual([ends === "rolls back"]));
        expect(await table.lines()).toEqual(["1 paid 0"]);
        wake();
      }
    },
  );
}

/** A consumer that writes a line for each event, once; in a process of its own. */
async function run(
  world: World,
  table: HandlersTables,
  { before, within, after }: Moments = {},
  options: Partial<Pick<ConsumerOptions<OrderTopics>, "groupId">> = {},
): Promise<{ readonly process: TestProcess }> {
  const process = world.process();
  const handle = (name: string) => async (event: OrderEvent, ctx: HandlerContext) => {
    await before?.(ctx);
    const ran = await table.transaction((execute) =>
      ctx.once(execute, async () => {
        await table.add(execute, `${event.order_id} ${name} ${event.n}`);
        await within?.(ctx);
      }),
    );
    await after?.(ctx, ran);
  };
  await world.start(
    createConsumer({
      ...{ transport: process.transport, groupId: "readers", once: table.once, ...options },
      retry: { attempts: 3, firstDelayMs: 1 },
      on: { paid: handle("paid"), shipped: handle("shipped"), logged: handle("logged") },
    }),
  );
  return { process };
}
