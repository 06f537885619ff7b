import { defineConfig, type Options } from "tsup";

/** What every hand-written package shares: ESM for Node 22.18 and later, with types. */
export const packageConfig = (entry: Record<string, string>, extra: Options = {}) =>
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
