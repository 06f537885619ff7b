import type { StarlightUserConfig } from "@astrojs/starlight/types";
import type { SourcePage } from "./page.js";

type Sidebar = NonNullable<StarlightUserConfig["sidebar"]>;

/** A page of the site as a link; the ids of Starlight's content have no ending. */
const slugOf = (path: string) => path.replace(/\.md$/, "").replace(/(^|\/)(README|index)$/, "");

const under = (pages: readonly SourcePage[], folder: string) => pages.filter(({ path }) => path.startsWith(folder));

/** Folders in the order of the navigation, each closed but where the page is in it; one without pages is left out. */
const folders = [
  { label: "Guides", folder: "guides/" },
  { label: "Coming from", folder: "guides/from-" },
  { label: "Promises", folder: "promises/" },
  { label: "Operations", folder: "operations/" },
  { label: "Commands", folder: "commands/" },
  { label: "SDK reference", folder: "reference/" },
  { label: "Extensions", folder: "extensions/" },
  { label: "Decisions", folder: "adr/" },
] as const;

/** Long lists of small pages, which their first pages have: on every page they would be most of it. */
const lists = [
  { label: "Errors", page: "errors/README.md" },
  { label: "Rules of check and diff", page: "rules/README.md" },
  { label: "Findings of audit", page: "findings/README.md" },
  { label: "Checks of doctor and trace", page: "checks/README.md" },
] as const;

/** Guides to the example beside the contract, which are not guides to Keyline. */
const ofExample: readonly string[] = ["guides/teachers-page.md", "guides/replay-a-recording.md"];

/** Where the example's contract is in the site. */
export interface ExamplePlace {
  readonly mount: string;
  readonly isShort: boolean;
  /** The contract's own title. */
  readonly title: string;
}

/** The navigation beside every page: the product, then the contract that shows it. */
export function siteSidebar(pages: readonly SourcePage[], { mount, isShort, title }: ExamplePlace): Sidebar {
  const product = folders.flatMap(({ label, folder }) => {
    const items = linksTo(pages, folder);
    return items.length === 0 ? [] : [{ label, collapsed: true, items }];
  });
  const ids = {
    label: "Look up an id",
    collapsed: true,
    items: lists.flatMap((one) => pageLink(pages, one.page, one.label)),
  };
  const single = [...pageLink(pages, "wire.md", "On the wire"), ...pageLink(pages, "measured.md", "Measured")];
  const guides = ofExample.flatMap((path) => pageLink(pages, path, undefined));
  return [
    { label: "Keyline", items: [...product, ids, ...single] },
    { label: `Example: ${title}`, items: [...contractItems(mount, isShort), ...guides] },
  ];
}

/** The navigation of a contract's pages alone. */
export const contractSidebar = (mount: string, isShort: boolean): Sidebar => [
  { label: "The contract", items: contractItems(mount, isShort) },
];

/** A page that lies in no folder. */
const pageLink = (pages: readonly SourcePage[], page: string, label: string | undefined) =>
  under(pages, page).map(({ path, title }) => ({ label: label ?? title, slug: slugOf(path) }));

/** The pages below a folder, the index first; in the reference only the modules, as each lists what is in it. */
function linksTo(pages: readonly SourcePage[], folder: string) {
  const isIndex = ({ path }: SourcePage) => path === `${folder}README.md`;
  const isListed = ({ path }: SourcePage) =>
    !ofExample.includes(path) &&
    (folder === "reference/" ? path.endsWith("README.md") : folder !== "guides/" || !path.startsWith("guides/from-"));
  const sorted = under(pages, folder)
    .filter(isListed)
    .sort((a, b) => Number(isIndex(b)) - Number(isIndex(a)) || order(a) - order(b));
  const labelOf = (page: SourcePage) =>
    isIndex(page) ? "Overview" : page.title.replace(/^(Coming from |@keyline\/)/, "");
  return sorted.map((page) => ({ label: labelOf(page), slug: slugOf(page.path) }));
}

/** What a page says of its own place among others. */
const order = ({ path }: SourcePage) => {
  const at = reading.indexOf(path);
  return at === -1 ? reading.length : at;
};

/** Guides in the order in which one reads them; others follow by name. */
const reading: readonly string[] = [
  "guides/own-contract.md",
  "guides/questions.md",
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
  "guides/from-kafkajs.md",
  "guides/from-kafka-streams.md",
  "guides/from-spring-kafka.md",
  "guides/from-an-outbox-table.md",
  ...["p1-key", "p2-partition", "p3-lanes", "p4-call-order", "p5-one-at-a-time"].map((name) => `promises/${name}.md`),
  ...["p6-causality", "p7-failure", "p8-effect-once", "p9-proof", "p10-outbox"].map((name) => `promises/${name}.md`),
];

/** Topics and messages come from their folders, so that they follow the contract while it is edited. */
const contractItems = (at: string, isShort: boolean) => [
  { label: "All topics", slug: at.replace(/\/$/, "") },
  { label: "Map", slug: `${at}map` },
  ...(isShort
    ? [
        { label: "Topics", collapsed: true, items: [{ autogenerate: { directory: `${at}topics` } }] },
        { label: "Messages", collapsed: true, items: [{ autogenerate: { directory: `${at}messages` } }] },
      ]
    : []),
];
