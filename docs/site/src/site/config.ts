import { join } from "node:path";
import { satteri } from "@astrojs/markdown-satteri";
import starlight from "@astrojs/starlight";
import type { AstroInlineConfig } from "astro";
import { passthroughImageService } from "astro/config";
import type { Collected } from "../collect/collect.js";
import { searchRanking } from "../collect/search.js";
import { setContentFolder } from "./content-folder.js";

/** Where a build reads and writes. */
export interface SiteFolders {
  /** The folder of this package. */
  readonly site: string;
  readonly content: string;
  readonly assets: string;
  readonly cache: string;
  readonly out: string;
}

/**
 * The search button is called what is seen on it, its keys too; a table that is wider than the page can be scrolled by
 * keyboard.
 */
const script = `addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("site-search button");
  for (const key of button?.querySelectorAll("kbd") ?? []) key.before(" ");
  const seen = button?.innerText.replace(/\\s+/g, " ").trim();
  if (seen) button.ariaLabel = seen;
});
addEventListener("load", () => {
  for (const table of document.querySelectorAll("main table")) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  }
});`;

/** Astro's configuration. */
export function siteConfig(
  { title, sidebar, repository }: Pick<Collected, "title" | "sidebar" | "repository">,
  folders: SiteFolders,
): AstroInlineConfig {
  setContentFolder(folders.content);
  return {
    root: folders.site,
    configFile: false,
    logLevel: "warn",
    outDir: folders.out,
    publicDir: folders.assets,
    cacheDir: folders.cache,
    trailingSlash: "ignore",
    image: { service: passthroughImageService() },
    devToolbar: { enabled: false },
    // Text of contracts is shown as it is written: no curly quotes, no directives.
    markdown: { processor: satteri({ features: { smartPunctuation: false, directive: false } }) },
    vite: { cacheDir: join(folders.cache, "vite") },
    integrations: [
      starlight({
        title,
        head: [{ tag: "script", content: script }],
        logo: { src: "./src/site/mark.svg", alt: "" },
        sidebar,
        social: repository === undefined ? [] : [{ icon: "seti:git", label: "Repository", href: repository }],
        customCss: ["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono", "./src/styles/site.css"],
        components: {
          MarkdownContent: "./src/site/components/MarkdownContent.astro",
          PageTitle: "./src/site/components/PageTitle.astro",
        },
        pagefind: { ranking: searchRanking },
        pagination: true,
        credits: false,
        disable404Route: false,
        tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
        expressiveCode: {
          // Nothing to scroll sideways: it is read on telephones too.
          defaultProps: { wrap: true },
          themes: ["github-dark-default", "github-light-default"],
          styleOverrides: { borderRadius: "0.5rem", codeFontSize: "0.8125rem", frames: { shadowColor: "transparent" } },
        },
      }),
    ],
  };
}
