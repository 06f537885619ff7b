import { posix } from "node:path";
import { type Asset, addressOf, type SourcePage } from "./page.js";

/** What assistants read: every page as Markdown, and `llms.txt`, which lists what explains and where to look things up. */
export function forMachines(title: string, pages: readonly SourcePage[]): readonly Asset[] {
  const twins = pages.map((page) => ({ path: page.path, content: `# ${page.title}\n\n${page.body.trim()}\n` }));
  return [{ path: "llms.txt", content: listOf(title, pages) }, ...twins];
}

/** A page's head names its Markdown. */
export function withTwin(page: SourcePage): SourcePage {
  const href = posix.relative(`/${addressOf(page.path)}`, `/${page.path}`);
  const link = { tag: "link", attrs: { rel: "alternate", type: "text/markdown", href } };
  return { ...page, frontmatter: { ...page.frontmatter, head: [link] } };
}

/** Parts of the list, by the folder of their pages, in the order in which a stranger asks. */
const parts = [
  ["Guides", "guides/"],
  ["What is promised, and what is not", "promises/"],
  ["Operations", "operations/"],
  ["Commands", "commands/"],
  ["Extensions of AsyncAPI", "extensions/"],
  ["Decisions", "adr/"],
] as const;

/** Lists of many small pages, each by its first page alone. */
const indexes = ["reference", "errors", "rules", "findings", "checks", "contract"].map(
  (folder) => `${folder}/README.md`,
);

/** As llmstxt.org describes it; links are relative to the site's root, as the site does not know its host. */
function listOf(title: string, pages: readonly SourcePage[]): string {
  const summary = pages.find(({ path }) => path === "README.md")?.description ?? "";
  const line = ({ path, title, description = "" }: SourcePage) =>
    `- [${title.replaceAll(/[[\]]/g, "\\$&")}](${path})${description === "" ? "" : `: ${description}`}`;
  const section = (heading: string, listed: readonly SourcePage[]) =>
    `## ${heading}\n\n${listed.map(line).join("\n")}\n`;
  return [
    `# ${title}\n\n> ${summary}\n`,
    ...parts.map(([heading, folder]) =>
      section(
        heading,
        pages.filter(({ path }) => path.startsWith(folder)),
      ),
    ),
    section(
      "Optional",
      pages.filter(({ path }) => indexes.includes(path) || /^(wire|measured)\.md$/.test(path)),
    ),
  ].join("\n");
}
