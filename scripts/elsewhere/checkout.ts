import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Surroundings } from "./variants.ts";

/** Where a run takes place, and as which user. */
export interface Place {
  /** The repository's folder, as the run sees it. */
  readonly folder: string;
  /** The same, as this process sees it. */
  readonly seenFolder: string;
  /** Goes before the command; it takes the command as its further arguments. */
  readonly prefix: readonly string[];
  /** The run's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it is a clean checkout, in which nothing is installed. */
  readonly isNew: boolean;
  remove(): void;
}

const repository = join(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"], maxBuffer: 2 ** 26 });
const output = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { encoding: "utf8" }).trim();

/** What a run elsewhere still needs of this environment: how registries are reached. */
function network(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i.test(name),
  );
  return { ...Object.fromEntries(kept), npm_config_registry: output("npm", "config", "get", "registry") };
}

/** Makes the place of a run. */
export function makePlace(surroundings: Surroundings): Place {
  const { checkout = "checkout", isOrdinaryUser, isCleanRoot } = surroundings;
  if (surroundings.checkout === undefined && !isOrdinaryUser) {
    return {
      folder: repository,
      seenFolder: repository,
      prefix: [],
      environment: process.env,
      isNew: false,
      remove: () => undefined,
    };
  }
  const base = mkdtempSync(join(tmpdir(), "keyline-elsewhere-"));
  chmodSync(base, 0o755);
  const remove = () => rmSync(base, { recursive: true, force: true });
  try {
    if (isCleanRoot) return { ...makeCleanRoot(base, checkout), remove };
    const folder = join(base, checkout);
    clone(folder);
    if (!isOrdinaryUser || !isRoot)
      return { folder, seenFolder: folder, prefix: [], environment: process.env, isNew: true, remove };
    run("chown", "-R", "nobody", base);
    const environment = { PATH: process.env.PATH, ...network(), HOME: base };
    const prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"];
    return { folder, seenFolder: folder, prefix, environment, isNew: true, remove };
  } catch (caught) {
    remove();
    throw caught;
  }
}

/** What is committed, and nothing else. */
const clone = (folder: string) => run("git", "clone", "--quiet", "--no-hardlinks", repository, folder);

/** A root of Debian with Node 20, npm and git, in which an ordinary user has a checkout. */
function makeCleanRoot(root: string, checkout: string): Omit<Place, "remove"> {
  if (!isRoot) throw new Error("a clean root is made by root only");
  run(
    "debootstrap",
    "--variant=minbase",
    "--include=ca-certificates,git",
    "bookworm",
    root,
    "http://deb.debian.org/debian",
  );
  run("npm", "install", "--silent", "--no-audit", "--prefix", join(root, "opt/node"), "node@20.20.2", "npm@10.9.4");
  run("/usr/sbin/chroot", root, "useradd", "--create-home", "stranger");
  for (const file of ["etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"]) run("cp", `/${file}`, join(root, file));
  const home = "/home/stranger";
  clone(join(root, home, checkout));
  run("/usr/sbin/chroot", root, "chown", "-R", "stranger", home);
  // Mounts and processes of the run end with it.
  const mounts =
    'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec /usr/sbin/chroot --userspec=stranger "$0" "$@"';
  return {
    folder: join(home, checkout),
    seenFolder: join(root, home, checkout),
    prefix: ["unshare", "--mount", "--pid", "--fork", "sh", "-c", mounts, root],
    isNew: true,
    environment: { PATH: "/opt/node/node_modules/.bin:/usr/bin:/bin", ...network(), HOME: home },
  };
}
