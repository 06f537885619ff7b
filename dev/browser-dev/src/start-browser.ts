import { type Browser, chromium } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

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

/** Starts a browser of its own. */
export async function startBrowser(): Promise<Browser> {
  const program = await findBrowser();
  if (!program) throw new Error("no browser starts here: install chromium, or set CHROMIUM to the path of one");
  const { executablePath, env } = program;
  return chromium.launch({ executablePath, args, ...(env ? { env: { ...process.env, ...env } } : {}) });
}
