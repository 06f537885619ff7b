import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { collectGuides } from "../src/collect/guides.js";
import { homePage } from "../src/collect/home.js";
import { forMachines, withTwin } from "../src/collect/machines.js";
import type { SourcePage } from "../src/collect/page.js";
import { readProduct } from "../src/collect/product.js";
import { findable } from "../src/collect/search.js";
import { siteSidebar } from "../src/collect/sidebar.js";

const root = join(import.meta.dirname, "../../..");
let pages: readonly SourcePage[] = [];
beforeAll(async () => {
  pages = (await collectGuides(join(root, "docs"))).pages;
});
const pageAt = (path: string) => {
  const page = pages.find((one) => one.path === path);
  if (page === undefined) throw new Error(`${path} is not a page`);
  return page;
};

test("a page that is gone takes no search words along", () => {
  expect(findable(pages).map(({ path }) => path)).toEqual(pages.map(({ path }) => path));
  const others = pages.filter(({ path }) => path !== "guides/once.md");
  expect(() => findable(others)).toThrow("guides/once.md");
});

test("what explains weighs more than what is looked up, and is found by its title", () => {
  const searchOf = (path: string) => findable(pages).find((page) => page.path === path)?.frontmatter?.search;
  expect(searchOf("guides/tracing.md")).toMatchObject({ weight: 1, words: expect.stringMatching(/^Tracing .*otel/) });
  expect(searchOf("rules/key-required.md")).toEqual({ weight: 0.2, words: "" });
});

test("the navigation keeps the product and the example apart", () => {
  const sidebar = siteSidebar(pages, { mount: "contract/", isShort: true, title: "Events" });
  const labelled = sidebar as readonly { label: string; items: readonly { label: string; slug?: string }[] }[];
  expect(labelled.map(({ label }) => label)).toEqual(["Keyline", "Example: Events"]);
  const [product, example] = labelled.map(({ items }) => JSON.stringify(items));
  expect(product).toContain('"guides/once"');
  expect(product).not.toContain("teachers-page");
  expect(example).toContain("guides/teachers-page");
  const guides = pages.filter(({ path }) => /^(guides|promises|operations|commands|adr)\/./.test(path));
  const linked = JSON.stringify(sidebar);
  for (const { path } of guides) expect(linked).toContain(`"${path.replace(/(\/README)?\.md$/, "")}"`);
});

test("the first page says what Keyline is in one sentence, and where its sources are", async () => {
  const product = await readProduct(root);
  expect(product.repository).toMatch(/^https:\/\/[^ ]+[^/.]$/);
  const { body, frontmatter } = homePage(pageAt("README.md"), product);
  expect(frontmatter?.hero).toMatchObject({ tagline: expect.stringMatching(/^Keyline .*[^.]\.$/) });
  for (const fact of [product.version, product.licence, `href="${product.repository}"`]) expect(body).toContain(fact);
});

test("every page is there for machines, with what it is about", () => {
  const assets = forMachines("Keyline", pages);
  expect(assets.map(({ path }) => path)).toEqual(["llms.txt", ...pages.map(({ path }) => path)]);
  const [list] = assets;
  expect(list?.content).toMatch(/^# Keyline\n\n> Keyline makes .*\.\n\n## Guides\n\n- \[/);
  expect(list?.content).toContain("- [Testing an app](guides/testing.md): A projection is a pure function");
  expect(withTwin(pageAt("guides/testing.md")).frontmatter?.head).toEqual([
    { tag: "link", attrs: { rel: "alternate", type: "text/markdown", href: "../testing.md" } },
  ]);
  expect(withTwin(pageAt("rules/README.md")).frontmatter?.head).toMatchObject([{ attrs: { href: "README.md" } }]);
});
