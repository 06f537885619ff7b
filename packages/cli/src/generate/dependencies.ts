import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { runtimeDependency } from "@keyline/codegen";
import type { CodePlace } from "./place.js";

const fields = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] as const;

/** Names of the packages that a package.json asks for; none where it cannot be read. */
const namedIn = (text: string): readonly string[] => {
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof manifest !== "object" || manifest === null) return [];
    const found: Partial<Record<string, unknown>> = { ...manifest };
    return fields.flatMap((field) => Object.keys(Object(found[field])));
  } catch {
    return [];
  }
};

/** Names of the packages that the package.json of a folder, or of one above it, asks for. */
async function namedAbove(folder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (let at = folder; ; at = dirname(at)) {
    const text = await readFile(join(at, "package.json"), "utf8").catch(() => null);
    for (const name of text === null ? [] : namedIn(text)) names.add(name);
    if (dirname(at) === at) return names;
  }
}

/** What generated code imports and no package.json asks for, as npm takes it: `@keyline/runtime@0.1.0`. Packages name it themselves. */
export async function missingDependencies({ layout, out }: CodePlace, cwd: string): Promise<readonly string[]> {
  if (layout === "packages") return [];
  const named = await namedAbove(resolve(cwd, out));
  return Object.entries(runtimeDependency).flatMap(([name, version]) =>
    named.has(name) ? [] : [`${name}@${version}`],
  );
}

/** The command that installs packages. */
export const installText = (packages: readonly string[], isDev = false): string =>
  `npm install --save-exact ${isDev ? "--save-dev " : ""}${packages.join(" ")}`;

/** What is missing. */
export const missingText = (missing: readonly string[], out: string): string =>
  `${out} imports ${missing.map((one) => one.replace(/@[^@]*$/, "")).join(", ")}, which no package.json from there upwards names`;
