import AxeBuilder from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A tab, and what went wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Errors of scripts, failed or refused answers, and requests to other hosts. */
  readonly faults: readonly string[];
}

/** Opens a tab of its own context that notes everything wrong. */
export async function openTab(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const note = (fault: string) => faults.push(`${page.url()}: ${fault}`);
  page.on("pageerror", (error) => note(error.message));
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin)) note(`asks ${request.url()}`);
  });
  page.on("response", (response) => response.status() >= 400 && note(`${response.status()} ${response.url()}`));
  page.on("requestfailed", (request) => {
    // A page that is left takes its requests along.
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") note(`${reason} ${request.url()}`);
  });
  return { page, faults };
}

/** The rules of axe that colours decide on. */
export const ofColours = ["color-contrast", "link-in-text-block"];

/** What axe finds on the page by these rules, one line each; by all that it has when none is named. */
export async function axe(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  await page.evaluate(AxeBuilder.source);
  return page.evaluate(
    async (runOnly) => {
      const { axe } = globalThis as unknown as { axe: typeof AxeBuilder };
      const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    },
    rules && [...rules],
  );
}
