import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sourceBundle } from "@keyline/tsup-config/run-source";
import { bundlePage } from "@student-events/teacher/bundle";
import { build } from "esbuild";

// This file runs from a bundle in the folder dist of a package in tests.
const repository = join(import.meta.dirname, "../../..");

/** The programs of a run, each a process of its own. */
export const programs = {
  progress: "apps/progress/src/main.ts",
  struggle: "apps/struggle/src/main.ts",
  teacher: "apps/teacher/src/main.ts",
  points: "tests/chaos/src/points/main.ts",
  publisher: "tests/chaos/src/publish/publisher.ts",
  page: "tests/chaos/src/soak/page.ts",
  stockPublisher: "tests/chaos/src/stock/publisher.ts",
  stockConsumer: "tests/chaos/src/stock/consumer.ts",
} as const;

export type Program = keyof typeof programs;

/** Programs, ready to be run. */
export interface Bundles<Name extends string = Program> {
  readonly files: Readonly<Record<Name, string>>;
  remove(): Promise<void>;
}

/** Bundles programs from their sources, so that what is tested is what stands there. */
export async function bundlePrograms<Name extends string>(
  sources: Readonly<Record<Name, string>>,
): Promise<Bundles<Name>> {
  // Within the repository: there the packages that are not bundled are found.
  const folder = await mkdtemp(join(import.meta.dirname, "run-"));
  const names = Object.keys(sources) as Name[];
  await build({
    absWorkingDir: repository,
    entryPoints: names.map((name) => ({ in: sources[name], out: name })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    ...sourceBundle,
  });
  await mkdir(join(folder, "page"));
  for (const [name, contents] of await bundlePage()) await writeFile(join(folder, "page", name), contents);
  return {
    files: Object.fromEntries(names.map((name) => [name, join(folder, `${name}.mjs`)])) as Record<Name, string>,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
