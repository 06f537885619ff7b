import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Generated } from "./compile.js";

/** Runs generated code: the exports of a part of laid out packages, bundled with the runtime's sources. */
export async function load(
  root: string,
  { scope }: Pick<Generated, "scope">,
  part: string,
): Promise<Record<string, unknown>> {
  const file = join(root, `${scope}-${part}.mjs`);
  const alias = ["events", "producer", "consumer"].map((name) => [
    `${scope}/${name}`,
    join(root, scope, name, "src/index.ts"),
  ]);
  await build({
    entryPoints: [join(root, scope, part, "src/index.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@keyline/source"],
    external: ["zod"],
    alias: Object.fromEntries(alias),
    outfile: file,
    logLevel: "silent",
  });
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
}
