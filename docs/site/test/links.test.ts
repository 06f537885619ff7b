import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brokenLinks } from "../src/check/links.js";
import { pageOf } from "../src/collect/guides.js";
import { rewriteLinks, targetsOf } from "../src/collect/links.js";
import { writeContent } from "../src/collect/write-content.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-links-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const page = (path: string, body = "") => ({ path, title: path, body });
const pages = [page("index.md"), page("rules/README.md"), page("rules/key.md"), page("adr/0001.md")];
const targets = targetsOf(pages, [{ path: "contract/map.svg", content: "" }]);
const rewritten = (path: string, body: string) => rewriteLinks(page(path, body), targets);

describe("links between files become links between pages", () => {
  test("relative to the page's own address", () => {
    expect(rewritten("rules/key.md", "[a](../adr/0001.md) [b](README.md#x) [c](#y)").body).toBe(
      "[a](../../adr/0001/) [b](../#x) [c](#y)",
    );
    expect(rewritten("index.md", '<a href="rules/README.md">').body).toBe('<a href="rules/">');
    expect(rewritten("adr/0001.md", "![m](../contract/map.svg)").body).toBe("![m](../../contract/map.svg)");
    expect(rewritten("rules/README.md", "[a](../index.md)").body).toBe("[a](../)");
  });

  test("not in code, and not to other hosts", () => {
    const body = "`[a](x.md)` [b](https://example.com/x.md)\n\n```md\n[c](y.md)\n```\n\\[d\\](z.md)";
    expect(rewritten("index.md", body)).toEqual({ body, broken: [] });
  });

  test("one that leads nowhere is named", () => {
    expect(rewritten("rules/key.md", "[a](nowhere.md) [b](../../README.md)").broken).toEqual([
      "nowhere.md",
      "../../README.md",
    ]);
  });
});

test("a site with a broken link is not written", async () => {
  const folders = { content: join(folder, "content"), assets: join(folder, "assets") };
  const writing = writeContent({ pages: [...pages, page("a.md", "[x](y.md)")], assets: [] }, folders);
  await expect(writing).rejects.toThrow("a.md: y.md leads nowhere");
});

test("frontmatter holds any title, and pages that are gone are removed", async () => {
  const folders = { content: join(folder, "content"), assets: join(folder, "assets") };
  const title = '---\n"quoted": {x}\u2028';
  await writeContent({ pages: [page("old.md"), { ...page("new.md"), title }], assets: [] }, folders);
  await writeContent({ pages: [{ ...page("new.md"), title }], assets: [] }, folders);
  const [first, second, third] = (await readFile(join(folders.content, "new.md"), "utf8")).split("\n");
  expect([first, third]).toEqual(["---", "---"]);
  expect(JSON.parse(second?.slice("title: ".length) ?? "")).toBe(title);
  await expect(readFile(join(folders.content, "old.md"))).rejects.toThrow("ENOENT");
});

test("a page without a title is refused", () => {
  expect(() => pageOf({ path: "a.md", content: "No title" })).toThrow("a.md: begins with no title");
  expect(pageOf({ path: "a.md", content: "# `A` \\<b\\>\n\nFirst. Second.\n" })).toMatchObject({
    title: "A <b>",
    description: "First.",
  });
});

test("in a built site pages, files and headings are looked for; scripts and attributes are no elements", async () => {
  const site = join(folder, "site");
  await mkdir(join(site, "a"), { recursive: true });
  await writeFile(join(site, "a/index.html"), '<h2 id="x">');
  await writeFile(
    join(site, "index.html"),
    `<a href="a/">ok</a><a href="/a/#x">ok</a><a href="a/#y">no</a><a href="b/">no</a><a href="https://other.example/">ok</a>
     <script>const t = '<a href="c/">';</script><b title="<a href='d/'>"></b><img src="e.png">`,
  );
  expect(await brokenLinks(site)).toEqual(["index.html: a/#y", "index.html: b/", "index.html: e.png"]);
});
