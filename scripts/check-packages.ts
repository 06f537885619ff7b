// Checks every published package as the tarball that npm would publish: its exports, its types, its files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

const folders = readdirSync("packages").map((name) => join("packages", name));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
const published = folders.filter((folder) => manifestOf(folder).private !== true);
const target = mkdtempSync(join(tmpdir(), "keyline-pack-"));
let problems = 0;

try {
  for (const folder of published) {
    const { name } = manifestOf(folder);
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--pack-destination", target], {
        cwd: folder,
        stdio: ["ignore", "pipe", "ignore"],
      }).toString(),
    ) as { filename: string; files: { path: string }[] }[];
    if (!packed) throw new Error(`npm pack of ${name} gave nothing`);
    const { messages } = await publint({ pkgDir: folder, strict: true, pack: "npm" });
    for (const message of messages) {
      problems += 1;
      console.error(`${name}: publint ${message.code} at ${message.path.join(".")}`);
    }
    const stray = packed.files.filter(({ path }) => /\.test\.ts$|(^|\/)(test|fixtures)\//.test(path));
    for (const { path } of stray) {
      problems += 1;
      console.error(`${name}: the tarball carries ${path}`);
    }
    try {
      execFileSync(
        "attw",
        [join(target, packed.filename), "--profile", "esm-only", "--format", "ascii", "--no-emoji"],
        { stdio: "pipe" },
      );
    } catch (caught) {
      problems += 1;
      console.error(`${name}: ${(caught as { stdout?: Buffer }).stdout?.toString() ?? String(caught)}`);
    }
  }
} finally {
  rmSync(target, { recursive: true, force: true });
}
console.log(`${published.length} packages checked as packed, ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;
