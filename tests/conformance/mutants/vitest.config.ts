import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const runtime = process.env.KEYLINE_MUTANT_RUNTIME;
if (!runtime) throw new Error("KEYLINE_MUTANT_RUNTIME names no copy of the runtime's sources: run mutants/run.ts");

const entry = (name: string, file: string) => ({
  find: new RegExp(`^@keyline/runtime${name}$`),
  replacement: `${runtime}/${file}`,
});
const conditions = ["@keyline/source"];

/** The suites on the memory transport, with a copy of the runtime in the place of the working tree's. */
export default defineConfig({
  root: fileURLToPath(new URL("../../..", import.meta.url)),
  resolve: {
    conditions,
    alias: [
      entry("", "index.ts"),
      entry("/transport", "transport.ts"),
      entry("/store", "store.ts"),
      entry("/tools", "tools.ts"),
      entry("/memory", "memory/index.ts"),
      entry("/testing", "testing/index.ts"),
      entry("/codegen", "codegen/index.ts"),
    ],
  },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["tests/conformance/test/memory*.test.ts"],
    // A mutant may hang what it breaks.
    testTimeout: 10_000,
  },
});
