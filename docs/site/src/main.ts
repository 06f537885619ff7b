import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "astro";
import { buildSite } from "./build.js";
import type { Sources } from "./collect/collect.js";
import { serveSite } from "./dev.js";
import { type Options, readOptions, usage } from "./options.js";
import { siteConfig } from "./site/config.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The contract and its scope as the repository's package.json says. */
function configured(): { readonly contract: string; readonly scope: string } {
  const { keyline } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    keyline: { contract: string; scope: string };
  };
  return { contract: join(root, keyline.contract), scope: keyline.scope };
}

function sourcesOf({ contract, isContractAlone }: Options): Sources {
  const own = configured();
  return contract === undefined
    ? { root, isContractAlone, ...own }
    : { root, isContractAlone, contract: resolve(contract), scope: undefined };
}

function foldersOf({ out, action, isContractAlone }: Options) {
  const work = join(root, ".keyline/docs", `${isContractAlone ? "contract-" : ""}${action}`);
  return {
    work,
    site: join(root, "docs/site"),
    content: join(work, "content"),
    assets: join(work, "assets"),
    cache: join(work, "cache"),
    out: out === undefined ? join(root, ".keyline/docs/site") : resolve(out),
  };
}

/** Builds or serves the site. Resolves to the exit code; a server runs until the process is interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  process.env.ASTRO_TELEMETRY_DISABLED = "1";
  let options: Options;
  try {
    options = readOptions(args);
  } catch (caught) {
    process.stderr.write(`docs: ${caught instanceof Error ? caught.message : String(caught)}\n\n${usage}`);
    return 2;
  }
  // Astro and Vite build differently where the environment says something else.
  process.env.NODE_ENV = options.action === "dev" ? "development" : "production";
  try {
    return await run(options);
  } catch (caught) {
    process.stderr.write(`docs: ${caught instanceof Error ? caught.message : String(caught)}\n`);
    return 1;
  }
}

async function run(options: Options): Promise<number> {
  const folders = foldersOf(options);
  const sources = sourcesOf(options);
  if (options.action === "build") {
    const started = Date.now();
    const pages = await buildSite(sources, folders);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const memory = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${folders.out}: ${pages} pages in ${seconds} s, ${memory} MB at most\n`);
    return 0;
  }
  const address =
    options.action === "dev"
      ? await serveSite(sources, folders, { port: options.port, log: (text) => process.stderr.write(text) })
      : await servePreview(options, folders);
  process.stdout.write(`${address}: Ctrl-C ends it\n`);
  return new Promise(() => {});
}

async function servePreview({ port }: Options, folders: ReturnType<typeof foldersOf>): Promise<string> {
  const config = siteConfig({ title: "Keyline", sidebar: [] }, folders);
  const server = await preview({ ...config, server: { host: "127.0.0.1", ...(port ? { port } : {}) } });
  return `http://127.0.0.1:${server.port}/`;
}
