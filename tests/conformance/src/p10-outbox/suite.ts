import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { range, until } from "../kit/world.js";
import { causeTests } from "./causes.js";
import type { DatabaseHarness } from "./databases.js";
import { firstOccurrences, open, publishedOn, rowOf } from "./opened.js";
import { orderTests } from "./order.js";
import { refusedRowTests } from "./refused-rows.js";
import { repetitionTests } from "./repetitions.js";

/** Written in the app's transaction: published if and only if it commits, in the order of commits. */
export function outboxSuite(harness: Harness, databases: DatabaseHarness): void {
  describe(`P10 outbox in ${databases.name}: an event is published if and only if its transaction commits`, () => {
    it("what was committed is, what was rolled back is not, nor what a savepoint took back", async () => {
      const opened = await open(harness, databases);
      const { write, transaction, outbox, relay, count } = opened;
      await write((writer) => writer.placed({ order_id: 1, n: 1 }));
      await write(async (writer) => {
        await writer.placed({ order_id: 1, n: 2 });
        throw new Error("the app changed its mind");
      }).catch(() => undefined);
      await transaction(async (execute) => {
        const writer = outbox.within(execute);
        await writer.placed({ order_id: 1, n: 3 });
        await execute("savepoint before", []);
        await writer.placed({ order_id: 1, n: 4 });
        await writer.placed({ order_id: 2, n: 5 });
        await execute("rollback to savepoint before", []);
        await writer.logged({ n: 6 });
      });
      await relay();
      await until(async () => expect(await count()).toBe(0));
      const published = await publishedOn(opened, ["orders.placed", "audit.logged"]);
      expect(firstOccurrences(published)).toEqual(
        new Map([
          ["1", [1, 3]],
          [null, [6]],
        ]),
      );
      for (const one of published) expect(one.sequence).toMatch(/^shop@outbox#\d+$/);
      expect(published.filter(({ key }) => key === "1").map(rowOf)).toEqual(
        published
          .filter(({ key }) => key === "1")
          .map(rowOf)
          .toSorted((a, b) => a - b),
      );
    });

    it("of a transaction that writes nothing but events, and of one that writes many, none is missing", async () => {
      const opened = await open(harness, databases);
      await opened.write(async (writer) => {
        await Promise.all(range(0, 200).map((n) => writer.paid({ order_id: 1 + (n % 40), n })));
      });
      await opened.relay();
      await until(async () => expect(await opened.count()).toBe(0));
      const occurred = firstOccurrences(await publishedOn(opened, ["orders.paid"]));
      expect([...occurred.values()].flat().toSorted((a, b) => a - b)).toEqual(range(0, 200));
      for (const ofKey of occurred.values()) expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    });

    it("a database in the place of a transaction is refused, and nothing is published", async () => {
      const { database, outbox, count } = await open(harness, databases);
      const writer = outbox.within((sql, params) => database.query(sql, params));
      await expect(writer.placed({ order_id: 1, n: 1 })).rejects.toMatchObject({ code: "not_in_transaction" });
      expect(await count()).toBe(0);
    });

    orderTests(harness, databases);
    repetitionTests(harness, databases);
    causeTests(harness, databases);
    refusedRowTests(harness, databases);
  });
}
