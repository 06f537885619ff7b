import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { databaseOf, openPool } from "../src/p8-effect-once/handlers-database.js";
import { onceSuite } from "../src/p8-effect-once/once.js";
import { memoryHarness } from "./memory-harness.js";

describe("on the memory transport", () => {
  let postgres: PostgresServer;
  let pool: Pool;
  beforeAll(async () => {
    postgres = await startPostgres();
    pool = openPool(postgres.url);
  }, 120_000);
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });
  onceSuite(
    memoryHarness,
    databaseOf(() => pool),
  );
});
