import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What runs in production: the runtime's entries, the SDK, the apps. */
const entries = [
  ...["index", "transport", "store", "outbox", "tools", "codegen/index", "memory/index", "testing/index"].map(
    (name) => `packages/runtime/src/${name}.ts`,
  ),
  ...[
    "events",
    "producer",
    "consumer",
    "store-postgres",
    "outbox",
    "kafka",
    "transport-kafkajs",
    "transport-platformatic",
    "ops",
    "opentelemetry",
  ].map((name) => `packages/${name}/src/index.ts`),
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
    // An optional package of pg's; and a client library that has ajv for itself, and is loaded where it is chosen alone.
    external: ["pg-native", "@platformatic/kafka"],
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

/** What a package that may be `require`d, or bundled as CommonJS, must not have: esbuild refuses it or warns of it. */
const buildAsCommonJs = (options: BuildOptions) =>
  build({
    ...{ absWorkingDir: root, bundle: true, write: false, format: "cjs", platform: "node", outdir: "unused" },
    ...{ conditions: ["@keyline/source"], packages: "external", logLevel: "silent" },
    ...options,
  });

test("packages have no await at the top of a module, no import.meta, no createRequire", async () => {
  const entryPoints = entries.filter((file) => file.startsWith("packages/"));
  const { warnings } = await buildAsCommonJs({ entryPoints });
  expect(warnings).toEqual([]);
  const files = Object.keys(inputs).filter((file) => file.startsWith("packages/"));
  expect(files.length).toBeGreaterThan(100);
  const requiring = files.filter((file) => readFileSync(join(root, file), "utf8").includes("createRequire"));
  expect(requiring).toEqual([]);
});

test.each([
  ["await 1; export {};", /Top-level await/],
  ["export const url = import.meta.url;", /import\.meta/],
])("%s is seen", async (contents, found) => {
  const outcome = buildAsCommonJs({ stdin: { contents } }).then(({ warnings }) => JSON.stringify(warnings), String);
  expect(await outcome).toMatch(found);
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
