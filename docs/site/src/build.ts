import { rm } from "node:fs/promises";
import { build } from "astro";
import { brokenLinks } from "./check/links.js";
import { collect, type Sources } from "./collect/collect.js";
import type { Section } from "./collect/page.js";
import { collectReference } from "./collect/reference.js";
import { writeContent } from "./collect/write-content.js";
import { type SiteFolders, siteConfig } from "./site/config.js";

/** The SDK's reference; nothing where the contract's pages stand alone. */
export const referenceFor = (sources: Sources, work: string): Promise<Section> =>
  sources.isContractAlone ? Promise.resolve({ pages: [], assets: [] }) : collectReference(sources.root, work);

/** Builds the site. Resolves to the number of pages that were collected; throws where a link leads nowhere. */
export async function buildSite(sources: Sources, folders: SiteFolders & { readonly work: string }): Promise<number> {
  const collected = await collect(sources, await referenceFor(sources, folders.work));
  await writeContent(collected, folders);
  // Astro keeps rendered pages and does not see every change of how they are rendered.
  for (const folder of [folders.out, folders.cache]) await rm(folder, { recursive: true, force: true });
  await build(siteConfig(collected, folders));
  const broken = await brokenLinks(folders.out);
  if (broken.length > 0) throw new Error(`broken links in the built site:\n${broken.join("\n")}`);
  return collected.pages.length;
}
