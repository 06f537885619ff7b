import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StarlightUserConfig } from "@astrojs/starlight/types";
import { contractSection, longestNavigation, readContract } from "./contract.js";
import { collectGuides } from "./guides.js";
import { homePage } from "./home.js";
import type { Section } from "./page.js";
import { sidebarOf } from "./sidebar.js";

/** What the site is made from. */
export interface Sources {
  /** The repository. */
  readonly root: string;
  /** The contract's file. */
  readonly contract: string;
  /** The npm scope of its SDK; made from its title where undefined. */
  readonly scope: string | undefined;
  /** The contract's pages and nothing else: for contracts of others. */
  readonly isContractAlone: boolean;
}

/** Everything that the site shows, before links are resolved. */
export interface Collected extends Section {
  readonly title: string;
  readonly sidebar: NonNullable<StarlightUserConfig["sidebar"]>;
}

/** Collects the site. `reference` is the SDK's, which does not change with the contract. */
export async function collect(sources: Sources, reference: Section): Promise<Collected> {
  const contract = await readContract(sources.contract);
  const isShort = contract.channels.length <= longestNavigation;
  const { scope } = sources;
  const icon = {
    path: "favicon.svg",
    content: await readFile(join(sources.root, "docs/site/src/site/mark.svg"), "utf8"),
  };
  if (sources.isContractAlone) {
    const { pages, assets } = contractSection(contract, { mount: "", scope });
    return { pages, assets: [icon, ...assets], title: contract.title || "Topics", sidebar: sidebarOf([], "", isShort) };
  }
  const mount = "contract/";
  const own = contractSection(contract, { mount, scope, promises: "promises/README.md" });
  const guides = await collectGuides(join(sources.root, "docs"));
  const pages = [homePage(contract, own), ...guides.pages, ...own.pages, ...reference.pages];
  return {
    pages,
    assets: [icon, ...guides.assets, ...own.assets, ...reference.assets],
    title: "Keyline",
    sidebar: sidebarOf(pages, mount, isShort),
  };
}
