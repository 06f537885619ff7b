// Adds to package-lock.json what `npm install` left out of it: builds for other platforms that the registry at hand does
// not carry. `npm ci` demands that every optional dependency is locked, and skips those of other platforms.
// Run it after `npm install`. It changes nothing where the lock file is whole.
import { readFileSync, writeFileSync } from "node:fs";

interface Entry {
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "aix"];
const processors = ["arm64", "x64", "ia32", "arm", "loong64", "ppc64", "riscv64", "s390x"];

/** The platform that a package's name says it was built for; null for one that says none. */
function platformOf(name: string): object | null {
  const words = name.replace("windows", "win32").split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = words.includes("64") ? ["x64"] : processors.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1) return null;
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  return { os, cpu, ...(libc.length > 0 && os[0] === "linux" ? { libc } : {}) };
}

const isLocked = (path: string, name: string): boolean =>
  `${path}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;

const added: string[] = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (isLocked(path, name) || !platform || !/^\d/.test(version)) continue;
    const made = { version, ...platform, ...(entry.dev ? { dev: true } : {}), optional: true };
    lock.packages[`node_modules/${name}`] = made;
    added.push(`${name}@${version}`);
  }
}
if (added.length > 0) {
  const [root, ...others] = Object.entries(lock.packages);
  const sorted = others.sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(root ? [root, ...sorted] : sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${added.length} packages of other platforms added to ${file}`);
