import { resolve } from "node:path";
import { generateDocs, scopeOf } from "@keyline/codegen";
import { type Contract, formatDiagnostic, loadContract } from "@keyline/contract";
import type { Section, SourcePage } from "./page.js";

/** Where the contract's pages go, and what they may point at. */
export interface ContractPlace {
  /** The folder of the site, with `/` behind it; empty for the site's root. */
  readonly mount: string;
  readonly scope: string | undefined;
  /** The page about promises, from the site's root; absent where the site has none. */
  readonly promises?: string;
}

/** Reads a contract. Throws with its findings where it has errors. */
export async function readContract(file: string): Promise<Contract> {
  const { contract, diagnostics } = await loadContract(resolve(file));
  if (contract === null) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return contract;
}

/** More topics than these would fill every page's navigation: the index lists them. */
export const longestNavigation = 100;

/** The pages of a contract. */
export function contractSection(contract: Contract, { mount, scope, promises }: ContractPlace): Section {
  const up = "../".repeat(mount.split("/").length - 1);
  const { pages, files } = generateDocs(contract, {
    scope: scope ?? scopeOf(contract.title),
    ...(promises === undefined ? {} : { promises: `${up}${promises}` }),
  });
  return {
    pages: pages.map((page): SourcePage => {
      const [folder = "", name] = page.path.split("/");
      const isOne = name !== undefined;
      return {
        ...page,
        path: `${mount}${page.path}`,
        frontmatter: isOne ? { sidebar: { attrs: { class: "name" } } } : { tableOfContents: false, ...wide(folder) },
      };
    }),
    assets: files.map(({ path, content }) => ({ path: `${mount}${path}`, content })),
  };
}

const wide = (path: string) => (path === "map.md" ? { pagefind: false } : {});
