import type { StarlightUserConfig } from "@astrojs/starlight/types";
import type { SourcePage } from "./page.js";

type Sidebar = NonNullable<StarlightUserConfig["sidebar"]>;

/** A page of the site as a link; the ids of Starlight's content have no ending. */
const slugOf = (path: string) => path.replace(/\.md$/, "").replace(/(^|\/)(README|index)$/, "");

const under = (pages: readonly SourcePage[], folder: string) => pages.filter(({ path }) => path.startsWith(folder));

/** Folders in the order of the navigation; one without pages is left out. */
const folders = [
  { label: "Guides", folder: "guides/", collapsed: false },
  { label: "Promises", folder: "promises/", collapsed: true },
  { label: "Operations", folder: "operations/", collapsed: true },
  { label: "Commands", folder: "commands/", collapsed: true },
  { label: "Rules of check and diff", folder: "rules/", collapsed: true },
  { label: "Findings of audit", folder: "findings/", collapsed: true },
  { label: "Checks of doctor and trace", folder: "checks/", collapsed: true },
  { label: "Errors", folder: "errors/", collapsed: true },
  { label: "Extensions", folder: "extensions/", collapsed: true },
  { label: "Decisions", folder: "adr/", collapsed: true },
] as const;

/** The navigation beside every page. `contractAt` is the folder of the contract's pages. */
export function sidebarOf(pages: readonly SourcePage[], contractAt: string, isShort: boolean): Sidebar {
  const [guides, ...others] = folders.flatMap(({ label, folder, collapsed }) =>
    under(pages, folder).length === 0 ? [] : [{ label, collapsed, items: linksTo(under(pages, folder)) }],
  );
  return [
    ...(guides ? [guides] : []),
    ...contractItems(contractAt, isShort),
    ...others,
    ...referenceItems(pages),
    ...pageLink(pages, "glossary.md", "Glossary"),
    ...pageLink(pages, "wire.md", "On the wire"),
    ...pageLink(pages, "measured.md", "Measured"),
  ];
}

/** A page that lies in no folder. */
const pageLink = (pages: readonly SourcePage[], page: string, label: string): Sidebar =>
  under(pages, page).map(({ path }) => ({ label, slug: slugOf(path) }));

/** The index of a folder first. */
function linksTo(pages: readonly SourcePage[]): Sidebar {
  const isIndex = ({ path }: SourcePage) => path.endsWith("README.md");
  const sorted = [...pages].sort((a, b) => Number(isIndex(b)) - Number(isIndex(a)) || order(a) - order(b));
  return sorted.map((page) => ({ label: isIndex(page) ? "Overview" : page.title, slug: slugOf(page.path) }));
}

/** What a page says of its own place among others. */
const order = ({ path }: SourcePage) => {
  const at = reading.indexOf(path);
  return at === -1 ? reading.length : at;
};

/** Guides in the order in which one reads them; others follow by name. */
const reading: readonly string[] = [
  "guides/own-contract.md",
  "guides/what-can-be-generated.md",
  "guides/testing.md",
  "guides/outbox.md",
  "guides/once.md",
  "guides/read-a-projection.md",
  "guides/where-it-runs.md",
  "guides/tracing.md",
  "guides/kafka.md",
  "guides/python-and-dapr.md",
  "guides/change-the-contract.md",
  "guides/find-an-ordering-bug.md",
];

/** Topics and messages come from their folders, so that they follow the contract while it is edited. */
const contractItems = (at: string, isShort: boolean): Sidebar => [
  {
    label: "The contract",
    items: [
      { label: "All topics", slug: at.replace(/\/$/, "") },
      { label: "Map", slug: `${at}map` },
      ...(isShort
        ? [
            { label: "Topics", collapsed: true, items: [{ autogenerate: { directory: `${at}topics` } }] },
            { label: "Messages", collapsed: true, items: [{ autogenerate: { directory: `${at}messages` } }] },
          ]
        : []),
    ],
  },
];

/** The modules alone: each lists what is in it. */
function referenceItems(pages: readonly SourcePage[]): Sidebar {
  const modules = under(pages, "reference/@").filter(({ path }) => path.endsWith("README.md"));
  if (modules.length === 0) return [];
  const items = modules.map(({ path, title }) => ({ label: title, slug: slugOf(path) }));
  return [{ label: "SDK reference", collapsed: true, items }];
}
