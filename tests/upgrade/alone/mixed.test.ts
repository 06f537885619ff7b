import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { expect, test } from "vitest";
import { runMixed } from "../src/mixed/run-mixed.ts";
import { canPackBefore } from "../src/packed/commit.ts";
import { installed } from "../src/versions/installed.ts";
import { nowFromSources } from "../src/versions/sources.ts";
import { brief, nothingWrong } from "../src/work/verdict.ts";

test.runIf(canPackBefore())(
  "copies of before and of now in one group over one store: every effect once and in order, while lanes move",
  async () => {
    const before = await installed("before");
    const database = await emptyDatabase();
    try {
      const found = await runMixed({
        ...{ before, now: nowFromSources(), database, schema: "mixed", seed: 1, eachMs: 900 },
      });
      expect({ ...brief(found), failures: found.failures }).toEqual({ ...nothingWrong, failures: [] });
      // Each version had its share, and the kills are such that outputs are published twice: their readers knew them again.
      expect(Math.min(found.applied.before, found.applied.now)).toBeGreaterThan(found.events / 4);
      expect(found.republished).toBeGreaterThan(0);
    } finally {
      await database.close();
    }
  },
  // The packages of before are built where they were not.
  400_000,
);
