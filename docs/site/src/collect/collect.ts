import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StarlightUserConfig } from "@astrojs/starlight/types";
import { inlineDrawings, withPictures } from "../pictures/place.js";
import { pictures } from "../pictures/promises.js";
import { contractSection, longestNavigation, readContract } from "./contract.js";
import { collectGuides } from "./guides.js";
import { homePage } from "./home.js";
import { forMachines, withTwin } from "./machines.js";
import type { Asset, Section, SourcePage } from "./page.js";
import { readProduct } from "./product.js";
import { findable } from "./search.js";
import { contractSidebar, siteSidebar } from "./sidebar.js";

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
  /** Where the product's sources are; absent where the contract's pages stand alone. */
  readonly repository?: string;
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
    const sidebar = contractSidebar("", isShort);
    return { ...shown(pages, [icon, ...assets]), title: contract.title || "Topics", sidebar };
  }
  const mount = "contract/";
  const own = contractSection(contract, { mount, scope, promises: "promises/README.md" });
  const guides = withPictures(await collectGuides(join(sources.root, "docs")), pictures);
  const product = await readProduct(sources.root);
  const written = guides.pages.map((page) => (page.path === "README.md" ? homePage(page, product) : page));
  const pages = findable([...written, ...own.pages, ...reference.pages]);
  const assets = [icon, ...guides.assets, ...own.assets, ...reference.assets, ...forMachines("Keyline", pages)];
  return {
    ...shown(pages.map(withTwin), assets),
    title: "Keyline",
    sidebar: siteSidebar(pages, { mount, isShort, title: contract.title }),
    repository: product.repository,
  };
}

/** Pages as they are shown: with their drawings in them. */
const shown = (pages: readonly SourcePage[], assets: readonly Asset[]): Section => ({
  pages: inlineDrawings(pages, assets),
  assets,
});
