import { PGlite } from "@electric-sql/pglite";
import { expect, test } from "vitest";
import { runMixed } from "../src/mixed/run-mixed.ts";
import { canPackBefore } from "../src/packed/commit.ts";
import { installed } from "../src/versions/installed.ts";
import { nowFromSources } from "../src/versions/sources.ts";

test.runIf(canPackBefore())(
  "copies of before and of now in one group over one store: every effect once and in order, while lanes move",
  async () => {
    const before = await installed("before");
    const database = await PGlite.create("memory://");
    try {
      const found = await runMixed({
        ...{ before, now: nowFromSources(), database, schema: "mixed", seed: 1, eachMs: 1200 },
      });
      const { republished, events, ...wrong } = found;
      expect(wrong).toEqual({ twice: [], lost: [], outOfOrder: [], failures: [] });
      // The kills are such that outputs are published twice: else it would not show that readers know them again.
      expect(republished).toBeGreaterThan(0);
      console.info(`${events} events, ${republished} outputs published again`);
    } finally {
      await database.close();
    }
  },
  // The packages of before are built where they were not.
  240_000,
);
