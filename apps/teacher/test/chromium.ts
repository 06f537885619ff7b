import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

// As root in a container there is no sandbox to be had; the rest keeps the browser from asking its maker's hosts.
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser of its own. */
export interface Chromium {
  open(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Starts Debian's Chromium, or the one that CHROMIUM names. */
export async function startChromium(): Promise<Chromium> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  return {
    open: (options) => browser.newContext({ timezoneId: "UTC", locale: "en-GB", ...options }),
    close: () => browser.close(),
  };
}
