// Writes examples/package-lock.json: `npm run lock:examples`, after a change of what an example or a package of Keyline depends on.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyExamples, exampleNames, examples, readLock } from "./install.ts";
import { repository, run } from "./run.ts";
import { manifestIn, publishedPackages, tarballs } from "./tarballs.ts";

/** The packages of Keyline that examples depend on, also by way of others: the tarball of each by its name. */
function closureOf(
  kind: "dependencies" | "devDependencies",
  packed: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const folders = publishedPackages();
  const found: Record<string, string> = {};
  const add = (name: string) => {
    const [tarball, folder] = [packed.get(name), folders.get(name)];
    if (!tarball || !folder || name in found) return;
    found[name] = `file:${tarball}`;
    Object.keys(manifestIn(folder).dependencies ?? {}).forEach(add);
  };
  for (const example of exampleNames()) Object.keys(manifestIn(join(examples, example))[kind] ?? {}).forEach(add);
  return found;
}

const folder = mkdtempSync(join(tmpdir(), "keyline-lock-"));
try {
  copyExamples(folder);
  const packed = await tarballs(join(folder, "packed"));
  // Nothing of Keyline need be in a registry: the root's tarballs are what the examples' versions resolve to.
  const manifest = manifestIn(folder);
  const dependencies = closureOf("dependencies", packed);
  const devDependencies = closureOf("devDependencies", packed);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies, devDependencies }));
  const options = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit"];
  await run(folder, "npm", "install", ...options);
  await run(folder, "node", join(repository, "scripts/complete-lock.ts"));
  const lock = readLock(folder);
  const { "": root = {}, ...others } = lock.packages;
  const { dependencies: _, devDependencies: __, ...own } = root;
  const packages = { "": own, ...others };
  for (const name of packed.keys()) {
    const entry = lock.packages[`node_modules/${name}`];
    // As of a registry's package; its content differs from build to build, so there is no checksum of it.
    delete entry?.resolved;
    delete entry?.integrity;
  }
  writeFileSync(join(examples, "package-lock.json"), `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
