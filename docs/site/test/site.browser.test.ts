import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startBrowser } from "@keyline/browser-dev";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axe, ofColours, openTab } from "./browser.js";
import { attacks, hostileContract } from "./hostile-contract.js";
import { questions } from "./questions.js";
import { askSearch } from "./search.js";
import { type Served, serve } from "./serve.js";

const command = fileURLToPath(new URL("../bin/run.js", import.meta.url));
const contractFile = fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url));
const run = promisify(execFile);
/** What a person's shell has: not the test runner's own variables, by which Vite builds otherwise. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

let folder = "";
let browser: Browser;
let ours: Served;
let hostile: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-site-"));
  await writeFile(join(folder, "hostile.yaml"), hostileContract());
  const alone = ["--contract-only", "--contract", join(folder, "hostile.yaml"), "--out", join(folder, "hostile")];
  await Promise.all([
    run(process.execPath, [command, "build", "--out", join(folder, "ours")], { env }),
    run(process.execPath, [command, "build", ...alone], { env }),
  ]);
  [browser, ours, hostile] = await Promise.all([
    startBrowser(),
    serve(join(folder, "ours")),
    serve(join(folder, "hostile")),
  ]);
}, 400_000);

afterAll(async () => {
  await Promise.all([browser?.close(), ours?.close(), hostile?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Addresses of all pages of a built site. */
async function addresses(site: string): Promise<readonly string[]> {
  const files = await readdir(join(folder, site), { recursive: true });
  return files.filter((file) => file.endsWith("index.html")).map((file) => `/${file.replace(/index\.html$/, "")}`);
}

/** Loads pages in a few tabs at once. Resolves to what went wrong, and to what `look` saw. */
async function loadAll(served: Served, pages: readonly string[], look: (page: string) => string) {
  const waiting = [...pages];
  const faults: string[] = [];
  const seen: unknown[] = [];
  const work = async () => {
    const tab = await openTab(browser, served.origin);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await tab.page.goto(served.origin + next, { waitUntil: "load" });
      seen.push(await tab.page.evaluate(look(next)));
    }
    faults.push(...tab.faults);
    await tab.page.context().close();
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return { faults, seen };
}

/** Opens the search on the first page once it is loaded: the page puts it together when it has nothing else to do. */
async function openSearch(page: Page) {
  await page.goto(ours.origin);
  await page.locator("site-search input").waitFor({ state: "attached", timeout: 100_000 });
  await page.keyboard.press("Control+k");
}

/** One page of each kind. */
const kinds = {
  home: "/",
  index: "/contract/",
  map: "/contract/map/",
  topic: "/contract/topics/code-executed/",
  message: "/contract/messages/code-executed/",
  promise: "/promises/p6-causality/",
  guide: "/guides/own-contract/",
  operations: "/operations/metrics/",
  rules: "/rules/",
  rule: "/rules/key-required/",
  decision: "/adr/0002-causal-hold-back/",
  module: "/reference/@keyline/runtime/",
  symbol: "/reference/@keyline/runtime/interfaces/ConsumerOptions/",
} as const;

/** Pages of long lists, which are alike but for their text. */
const isListed = (address: string) => /^\/(adr|rules|errors|findings|checks|reference)\//.test(address);

/** Elements that a browser loads from another host. */
const foreign =
  /<(?:script|img|iframe|source|link rel="(?:stylesheet|icon|preload|modulepreload)")\s[^>]*?(?:src|href)="(?:https?:)?\/\/[^>]*>/gi;

describe("every page", () => {
  test("has a title and names nothing of another host to load", async () => {
    const pages = await addresses("ours");
    expect(pages.length).toBeGreaterThan(200);
    const found = await Promise.all(
      pages.map(async (page) => {
        const html = await readFile(join(folder, "ours", page, "index.html"), "utf8");
        const isTitled = /<h1[^>]*>\s*[^<\s]/.test(html);
        return [
          ...(isTitled ? [] : [`${page}: no title`]),
          ...(html.match(foreign) ?? []).map((one) => `${page}: ${one}`),
        ];
      }),
    );
    expect(found.flat()).toEqual([]);
  });

  test("loads without an error and asks no other host: all but those of long lists, and every sixth of them", async () => {
    const pages = await addresses("ours");
    expect(pages).toEqual(expect.arrayContaining(Object.values(kinds)));
    const [listed, own] = [pages.filter(isListed), pages.filter((page) => !isListed(page))];
    const some = [...new Set([...own, ...listed.filter((_, index) => index % 6 === 0), ...Object.values(kinds)])];
    expect(some.length).toBeGreaterThan(80);
    const { faults, seen } = await loadAll(ours, some, () => "document.querySelector('h1')?.textContent");
    expect(faults).toEqual([]);
    expect(seen.filter((title) => typeof title !== "string" || title.trim() === "")).toEqual([]);
  }, 240_000);
});

describe.concurrent("axe finds nothing", () => {
  test("in light and in dark colours, on each kind of page", async () => {
    const { page } = await openTab(browser, ours.origin);
    for (const [kind, address] of Object.entries(kinds)) {
      await page.goto(ours.origin + address);
      const backgrounds = new Set<string>();
      for (const [theme, rules] of [["light"], ["dark", ofColours]] as const) {
        // As the page's own switch does it; a page that loads takes the browser's scheme.
        await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
        backgrounds.add(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
        expect({ kind, theme, found: await axe(page, rules) }).toEqual({ kind, theme, found: [] });
      }
      expect({ kind, backgrounds: backgrounds.size }).toEqual({ kind, backgrounds: 2 });
    }
    await page.context().close();
  }, 300_000);

  test("on a telephone", async () => {
    const { page } = await openTab(browser, ours.origin, { viewport: { width: 390, height: 844 } });
    for (const address of [kinds.home, kinds.index, kinds.topic, kinds.message, kinds.promise]) {
      await page.goto(ours.origin + address);
      expect({ address, found: await axe(page) }).toEqual({ address, found: [] });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect({ address, overflow }).toEqual({ address, overflow: 0 });
    }
    await page.context().close();
  }, 180_000);
});

test("a field's name is found from the first page by keyboard alone, and the result leads to it", async () => {
  const { page, faults } = await openTab(browser, ours.origin);
  await openSearch(page);
  await page.keyboard.type("error_type");
  const result = page.locator("dialog a[href*='/contract/messages/code-executed/']").first();
  await result.waitFor();
  await result.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/contract\/messages\/code-executed\//);
  expect(await page.locator("td code", { hasText: "payload.error_type" }).count()).toBe(1);
  expect(faults).toEqual([]);
  await page.context().close();
});

test("one search finds what only a rule, a guide, a decision, or the SDK's reference says", async () => {
  const { page } = await openTab(browser, ours.origin);
  await openSearch(page);
  for (const [words, address] of [
    ["correlation-unresolved", "/rules/correlation-unresolved/"],
    ["publish_metadata", "/guides/python-and-dapr/"],
    ["compare-and-set", "/adr/0004-effects-once/"],
    ["commitIntervalMs", "/reference/@keyline/runtime/interfaces/ConsumerOptions/"],
    ["keyline_fenced_total", "/operations/metrics/"],
  ] as const) {
    await page.locator("dialog input").fill(words);
    await page.locator(`dialog a[href*='${address}']`).first().waitFor({ timeout: 5000 });
  }
  // By Pagefind's own ranking the reference of types comes first.
  await page.locator("dialog input").fill("logger");
  await page
    .locator("dialog li:first-child a[href*='/operations/logs-and-traces/']")
    .first()
    .waitFor({ timeout: 5000 });
  await page.context().close();
});

test("the search answers what people type: the page that is meant is among the first five hits", async () => {
  const hits = await askSearch(
    join(folder, "ours"),
    ours,
    questions.map(([words]) => words),
  );
  const missed = questions.filter(([words, page]) => !hits.get(words)?.includes(page));
  expect(missed.map(([words, page]) => ({ words, page, hits: hits.get(words) }))).toEqual([]);
  // A page that is looked up by its name comes first for that name alone.
  const named = new Set(questions.map(([words, page]) => `${words} ${page}`));
  const lookedUp = [...hits].filter(
    ([words, [first = ""]]) =>
      /^\/(reference|rules|findings|checks|contract)\//.test(first) && !named.has(`${words} ${first}`),
  );
  expect(lookedUp).toEqual([]);
});

test("what assistants are told of lies in the site", async () => {
  const list = await readFile(join(folder, "ours/llms.txt"), "utf8");
  const links = [...list.matchAll(/^- \[.+?\]\(([^)]+)\)/gm)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(60);
  for (const link of links) expect(await readFile(join(folder, "ours", link), "utf8")).toMatch(/^# \S.*\n\n\S/);
});

test("a deep link opens at its heading, and a schema downloads", async () => {
  const { page, faults } = await openTab(browser, ours.origin);
  await page.goto(`${ours.origin}${kinds.message}#on-kafka`);
  const top = await page.locator("#on-kafka").evaluate((heading) => heading.getBoundingClientRect().top);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(top).toBeLessThan(300);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByText("Download", { exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("code-executed.schema.json");
  const schema = JSON.parse(await readFile(await download.path(), "utf8")) as { title: string };
  expect(schema.title).toBe("A submission ran");
  expect(faults).toEqual([]);
  await page.context().close();
});

test("the keyboard alone reaches everything that can be used", async () => {
  const { page } = await openTab(browser, ours.origin);
  for (const address of [kinds.home, kinds.topic, kinds.message]) {
    await page.goto(ours.origin + address);
    const usable = await page.evaluate(() => {
      const all = [
        ...document.querySelectorAll<HTMLElement>("a[href], button, select, summary, input, [tabindex='0']"),
      ];
      const shown = all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0);
      shown.forEach((one, index) => {
        one.dataset.usable = String(index);
      });
      return shown.length;
    });
    const reached = new Set<string>();
    for (let presses = 0; presses < usable * 2 + 20 && reached.size < usable; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const one = document.activeElement;
        return one instanceof HTMLElement || one instanceof SVGElement ? one.dataset.usable : undefined;
      });
      if (at !== undefined) reached.add(at);
    }
    expect({ address, reached: reached.size }).toEqual({ address, reached: usable });
    expect(usable).toBeGreaterThan(15);
  }
  await page.context().close();
}, 60_000);

describe("a hostile contract", () => {
  test("shows its text as text and runs nothing", async () => {
    const pages = await addresses("hostile");
    expect(pages.length).toBe(2 + 2 * attacks.length);
    const { faults, seen } = await loadAll(
      hostile,
      pages,
      (address) => `({
        address: ${JSON.stringify(address)},
        ran: "pwned" in globalThis,
        strange: document.querySelectorAll("main img, main iframe, main a[href^='javascript'], main del, main h1 ~ h1").length,
        bold: document.querySelectorAll("main :is(em, strong)").length,
        text: document.querySelector("main").textContent.replaceAll(/\\s+/g, " "),
      })`,
    );
    expect(faults).toEqual([]);
    for (const one of seen as { address: string; ran: boolean; strange: number; bold: number; text: string }[]) {
      expect({ ...one, text: "" }).toEqual({ address: one.address, ran: false, strange: 0, bold: 0, text: "" });
      const [, index] = /(?:topics|messages)\/[cm](\d+)\/$/.exec(one.address) ?? [];
      // A single pair of backticks makes code of a description; every other character is shown.
      const wanted = index === undefined ? [] : [attacks[Number(index)] ?? ""];
      for (const text of wanted) expect(one.text.replaceAll("`", "")).toContain(text.replaceAll("`", ""));
    }
  }, 60_000);
});

test("while it is served, a change of the contract is on the open page within two seconds", async () => {
  const edited = join(folder, "asyncapi.yaml");
  const text = await readFile(contractFile, "utf8");
  await writeFile(edited, text);
  const server = spawn(process.execPath, [command, "dev", "--contract", edited, "--contract-only"], { env });
  try {
    const origin = await new Promise<string>((resolve, reject) => {
      server.stdout.on("data", (chunk: Buffer) => {
        const [address] = /http:\S+\d/.exec(chunk.toString()) ?? [];
        if (address !== undefined) resolve(address);
      });
      server.on("exit", () => reject(new Error("the server ended")));
    });
    const { page } = await openTab(browser, origin);
    let listening = 0;
    let before = 0;
    page.on("websocket", (socket) =>
      socket.once("framereceived", () => {
        listening += 1;
      }),
    );
    const shows = (words: string) => page.getByText(words).first().waitFor({ timeout: 20_000 });
    // The page is loaded again at each change, and listens for the next when its socket is open again.
    const listensAgain = async () => {
      await expect.poll(() => listening, { timeout: 20_000 }).toBeGreaterThan(before);
      before = listening;
    };
    await page.goto(`${origin}/topics/code-executed/`);
    await shows("How a submission ran in the sandbox.");
    const times: number[] = [];
    const reloads: number[] = [];
    // The first change also starts what the server loads late, and others may work on this machine: one of five. Where
    // even a page that did not change takes long, a change may take as many times longer.
    const isSoon = () => times.some((time, index) => time < Math.max(2000, 4 * (reloads[index] ?? 0)));
    while (times.length < 5 && !isSoon()) {
      const words = `How it ran, change ${times.length}.`;
      await listensAgain();
      const started = performance.now();
      await writeFile(edited, text.replace("How a submission ran in the sandbox.", words));
      await shows(words);
      times.push(performance.now() - started);
      await listensAgain();
      const reloaded = performance.now();
      await page.reload();
      await shows(words);
      reloads.push(performance.now() - reloaded);
    }
    const printed = (all: readonly number[]) => all.map(Math.round).join(", ");
    console.log(`changes were on the page after ${printed(times)} ms; it reloads in ${printed(reloads)}`);
    expect(isSoon()).toBe(true);
    await page.context().close();
  } finally {
    server.removeAllListeners("exit");
    server.kill();
  }
}, 240_000);
