import type { PGlite } from "@electric-sql/pglite";
import { createPgliteStore } from "@keyline/postgres";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { afterAll, beforeAll, describe } from "vitest";
import { holdSuite } from "../src/p7-failure/hold.js";
import { oneEventSuite } from "../src/p7-failure/one-event.js";
import { onceSuite } from "../src/p8-effect-once/once.js";
import { resetSuite } from "../src/p8-effect-once/resets.js";
import type { StoreHarness } from "../src/p8-effect-once/stores.js";
import { effectOnceSuite } from "../src/p8-effect-once/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  let database: PGlite | null = null;
  let schemas = 0;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database?.close());

  const stores: StoreHarness = {
    name: "PGlite",
    isSlow: true,
    async createStore() {
      if (!database) throw new Error("the database is not open");
      // One database, for it takes a while to start; each test has tables of its own.
      schemas += 1;
      const store = createPgliteStore({ database, schema: `test_${schemas}` });
      await store.migrate();
      return store;
    },
    // Tests run one after the other: the last schema is that of the test that asks.
    alter: async (_, statement) => void (await database?.exec(statement(`test_${schemas}`))),
  };
  holdSuite(memoryHarness, stores);
  oneEventSuite(memoryHarness, stores);
  effectOnceSuite(memoryHarness, stores);
  onceSuite(memoryHarness, {
    name: "PGlite",
    isConcurrent: false,
    run: async (sql) => database?.exec(sql),
    transaction(run) {
      if (!database) throw new Error("the database is not open");
      return database.transaction((tx) => run((sql, params) => tx.query(sql, params)));
    },
  });
  resetSuite(memoryHarness, stores);
});
