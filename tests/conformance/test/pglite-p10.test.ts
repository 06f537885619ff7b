import type { PGlite } from "@electric-sql/pglite";
import { openPglite } from "@keyline/outbox";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { afterAll, beforeAll, describe } from "vitest";
import { overDriver } from "../src/p10-outbox/databases.js";
import { outboxSuite } from "../src/p10-outbox/suite.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  let database: PGlite | undefined;
  let schemas = 0;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database?.close());

  outboxSuite(memoryHarness, {
    name: "PGlite",
    async open() {
      schemas += 1;
      return overDriver(openPglite(database ? { database } : {}), `test_${schemas}`);
    },
  });
});
