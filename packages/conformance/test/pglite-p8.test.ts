import { PGlite } from "@electric-sql/pglite";
import { pgliteStore } from "@keyline/postgres";
import { afterAll, beforeAll, describe } from "vitest";
import { effectOnceSuite } from "../src/p8-effect-once/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  let database: PGlite | null = null;
  let schemas = 0;
  beforeAll(async () => {
    database = await PGlite.create("memory://");
  }, 30_000);
  afterAll(() => database?.close());

  effectOnceSuite(memoryHarness, {
    name: "PGlite",
    async createStore() {
      if (!database) throw new Error("the database is not open");
      // One database, for it takes a while to start; each test has tables of its own.
      schemas += 1;
      const store = await pgliteStore({ database, schema: `test_${schemas}` });
      await store.migrate();
      return store;
    },
  });
});
