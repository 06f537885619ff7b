import { watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { dev } from "astro";
import { referenceFor } from "./build.js";
import { collect, type Sources } from "./collect/collect.js";
import { writeContent } from "./collect/write-content.js";
import { type SiteFolders, siteConfig } from "./site/config.js";

/** Editors write a file in several steps; this long after the first one all are done. */
const settleMs = 50;

/** Runs `work` after changes of pages and contracts below a folder, once for those that come together. */
function onChange(folder: string, recursive: boolean, work: () => Promise<void>): void {
  let pending: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  watch(folder, { recursive }, (_, filename) => {
    if (pending || !/\.(ya?ml|json|md)$/.test(filename ?? "") || filename?.startsWith("site/")) return;
    pending = setTimeout(() => {
      pending = undefined;
      running = running.then(work);
    }, settleMs);
  });
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
  const again = async () => {
    try {
      await writeContent(await collect(sources, reference), folders);
    } catch (caught) {
      // A contract that is half written has errors: the pages stay as they were until it has none.
      log(`${caught instanceof Error ? caught.message : String(caught)}\n`);
    }
  };
  onChange(dirname(resolve(sources.contract)), false, again);
  if (!sources.isContractAlone) onChange(join(sources.root, "docs"), true, again);
  const address = `http://127.0.0.1:${server.address.port}/`;
  await answers(address);
  return address;
}

/** Astro listens before it has read the pages. Resolves when they are there, or after ten seconds. */
async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await fetch(address).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await wait(100);
  }
}
