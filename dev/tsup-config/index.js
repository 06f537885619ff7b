import { defineConfig } from "tsup";

/**
 * ESM for Node 22.18 and later, with types.
 * @param {Record<string, string>} entry
 * @param {import("tsup").Options} [extra]
 */
export const packageConfig = (entry, extra = {}) =>
  defineConfig({
    entry,
    format: "esm",
    target: "node22.18",
    platform: "node",
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    ...extra,
  });
