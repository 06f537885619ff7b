import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePorts } from "@keyline/kafka-dev";
import { environment } from "./place.ts";
import { root } from "./tools.ts";

const exec = promisify(execFile);
const folder = join(import.meta.dirname, "../registry");

/** A registry on loopback. What it does not have itself it takes from the machine's own registry, and keeps. */
export interface Registry {
  readonly url: string;
  /** The environment of an npm that knows this registry alone, and has nothing in its cache but what it put there. */
  npmEnvironment(cache: string): NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Verdaccio has a lock file of its own, and is installed with the first use. */
async function program(): Promise<string> {
  const file = join(folder, "node_modules/verdaccio/bin/verdaccio");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  if (!existsSync(file)) await exec("npm", args, { cwd: folder, env: environment() });
  return file;
}

const configuration = (storage: string, uplink: string): string => `
storage: ${JSON.stringify(storage)}
web: { enable: false }
auth: { htpasswd: { file: ${JSON.stringify(join(storage, "users"))} } }
uplinks: { machine: { url: ${JSON.stringify(uplink)}, timeout: 60s, maxage: 60m } }
packages:
  "@keyline/*": { access: $all, publish: $all }
  "**": { access: $all, proxy: machine }
log: { type: stdout, format: json, level: error }
`;

/** Starts Verdaccio with an empty storage in a folder. */
export async function startRegistry(workFolder: string): Promise<Registry> {
  const file = await program();
  const [port = 0] = await freePorts(1);
  const { stdout: uplink } = await exec("npm", ["config", "get", "registry"], { cwd: root, env: environment() });
  const config = join(workFolder, "verdaccio.yaml");
  await mkdir(workFolder, { recursive: true });
  await writeFile(config, configuration(join(workFolder, "storage"), uplink.trim()));
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(process.execPath, [file, "--config", config, "--listen", `127.0.0.1:${port}`], {
    ...{ cwd: workFolder, env: environment(), stdio: ["ignore", "ignore", "inherit"] },
  });
  try {
    await answering(url, child);
  } catch (caught) {
    child.kill("SIGKILL");
    throw caught;
  }
  const npmrc = join(workFolder, "npmrc");
  // npm demands a token before it publishes; Verdaccio takes any from those that everyone is.
  await writeFile(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=anyone\naudit=false\nfund=false\n`);
  return {
    url,
    npmEnvironment: (cache) => ({ ...environment(), npm_config_userconfig: npmrc, npm_config_cache: cache }),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Resolves when the registry answers; rejects where its process has ended. */
async function answering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
    const answer = await fetch(`${url}-/ping`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
}
