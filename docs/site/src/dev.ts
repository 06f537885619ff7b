import { watch } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { dev } from "astro";
import { referenceFor } from "./build.js";
import { collect, type Sources } from "./collect/collect.js";
import { writeContent } from "./collect/write-content.js";
import { type SiteFolders, siteConfig } from "./site/config.js";

/** Editors write a file in several steps; this long after the first one all are done. */
const settleMs = 50;

/** Yields after changes of files below a folder. */
async function* changes(folder: string, recursive: boolean): AsyncGenerator<void> {
  for await (const { filename } of watch(folder, { recursive })) {
    if (!/\.(ya?ml|json|md)$/.test(filename ?? "") || filename?.startsWith("site/")) continue;
    await wait(settleMs);
    yield;
  }
}

/** Serves the site, and collects it again at every change of the contract or of docs/. Resolves to its address. */
export async function serveSite(
  sources: Sources,
  folders: SiteFolders & { readonly work: string },
  { port, log }: { readonly port: number | undefined; readonly log: (text: string) => void },
): Promise<string> {
  const reference = await referenceFor(sources, folders.work);
  const collected = await collect(sources, reference);
  await writeContent(collected, folders);
  const server = await dev({
    ...siteConfig(collected, folders),
    server: { host: "127.0.0.1", ...(port ? { port } : {}) },
  });
  const again = async (folder: string, recursive: boolean) => {
    for await (const _ of changes(folder, recursive)) {
      try {
        await writeContent(await collect(sources, reference), folders);
      } catch (caught) {
        // A contract that is half written has errors: the pages stay as they were until it has none.
        log(`${caught instanceof Error ? caught.message : String(caught)}\n`);
      }
    }
  };
  void again(dirname(resolve(sources.contract)), false);
  if (!sources.isContractAlone) void again(join(sources.root, "docs"), true);
  return `http://127.0.0.1:${server.address.port}/`;
}
