// When the checks that run seldom were green last: `scripts/green.json`, which is checked in, has a hash for each.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RareCheck } from "./checks.ts";

const file = join(import.meta.dirname, "green.json");

/** What a check is remembered by. */
const idOf = ({ id, name }: RareCheck): string => id ?? name;

/** Pages about the code, which nothing reads that runs seldom. */
const isPage = (name: string): boolean => /(^|\/)(DESIGN|README|CHANGELOG)\.md$/.test(name);

/** The hash of all files that a check depends on, as they lie in the working tree, but for the pages among them. */
export function hashOf({ dependsOn }: Pick<RareCheck, "dependsOn">, root = process.cwd()): string {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...dependsOn],
    {
      cwd: root,
      maxBuffer: 2 ** 26,
    },
  );
  const files = [...new Set(listed.toString().split("\0"))].filter((name) => name !== "" && !isPage(name)).sort();
  const hash = createHash("sha256");
  for (const name of files) {
    const content = contentOf(join(root, name));
    // Deleted, and not committed so yet.
    if (content === null) continue;
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

const remembered = (): Record<string, string> => JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;

/** The checks of which a file has changed since they were green. */
export function changedSince(checks: readonly RareCheck[]): readonly RareCheck[] {
  const known = remembered();
  return checks.filter((check) => known[idOf(check)] !== hashOf(check));
}

/** Notes that checks are green with the files as they were when they began. */
export function remember(green: ReadonlyMap<RareCheck, string>): void {
  const entries = [...green].map(([check, hash]) => [idOf(check), hash] as const);
  const all = Object.entries({ ...remembered(), ...Object.fromEntries(entries) });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
}
