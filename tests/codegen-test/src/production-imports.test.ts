import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What runs in production: the runtime's entries, the SDK, the apps. */
const entries = [
  ...["index", "transport", "store", "outbox", "tools", "codegen/index", "memory/index", "testing/index"].map(
    (name) => `packages/runtime/src/${name}.ts`,
  ),
  ...["events", "producer", "consumer", "store-postgres", "outbox", "opentelemetry"].map(
    (name) => `packages/${name}/src/index.ts`,
  ),
  ...readdirSync(`${root}apps`).flatMap((name) => [`apps/${name}/src/index.ts`, `apps/${name}/src/main.ts`]),
].filter((file) => existsSync(`${root}${file}`));

/** Modules that only a build may load. */
const buildTime =
  /@asyncapi\/|node_modules\/(ajv|yaml|commander|typescript|esbuild)\/|packages\/(contract|codegen|cli)\//;

/** What each file imports, of all that the entries lead to: dynamic imports and dependencies too. */
async function importsOfAll(): Promise<Metafile["inputs"]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    conditions: ["@keyline/source"],
    // What native code cannot be bundled; none of these packages imports anything that the test looks for.
    external: ["@node-rs/crc32", "pg-native", "snappy", "lz4-napi"],
    outdir: "unused",
    logLevel: "silent",
  });
  return metafile.inputs;
}

/** Every file that an entry leads to. */
function graphOf(entry: string, inputs: Metafile["inputs"]): readonly string[] {
  const graph = new Set([entry]);
  for (const file of graph) for (const { path } of inputs[file]?.imports ?? []) if (inputs[path]) graph.add(path);
  return [...graph];
}

let inputs: Metafile["inputs"] = {};
beforeAll(async () => {
  inputs = await importsOfAll();
});

test.each(entries)("%s never leads to the AsyncAPI parser or the generator", (entry) => {
  const graph = graphOf(entry, inputs);
  expect(graph.length).toBeGreaterThan(1);
  expect(graph.filter((file) => buildTime.test(file))).toEqual([]);
});

test("the command leads to both, so the test would see them", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["packages/codegen/src/index.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    conditions: ["@keyline/source"],
    packages: "external",
    alias: { "@keyline/contract": "./packages/contract/src/index.ts" },
    outdir: "unused",
    logLevel: "silent",
  });
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imports.some((path) => path.startsWith("@asyncapi/"))).toBe(true);
  expect(Object.keys(metafile.inputs).some((path) => buildTime.test(path))).toBe(true);
});
