import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "@keyline/browser-dev";
import { openTab } from "../test/browser.js";
import { serve } from "../test/serve.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What the README shows of the docs site. */
const pictures = [
  { file: "docs-index.png", address: "/contract/" },
  { file: "docs-topic.png", address: "/contract/topics/code-executed/" },
] as const;

/** Takes the README's pictures of the site that `npm run docs` has built. Resolves to the exit code. */
export async function main(): Promise<number> {
  const folder = join(root, "docs/images");
  mkdirSync(folder, { recursive: true });
  const [browser, served] = await Promise.all([startBrowser(), serve(join(root, ".keyline/docs/site"))]);
  try {
    const { page, faults } = await openTab(browser, served.origin, { viewport: { width: 1280, height: 720 } });
    for (const { file, address } of pictures) {
      await page.goto(served.origin + address);
      await page.evaluate("document.fonts.ready");
      await page.screenshot({ path: join(folder, file) });
      process.stdout.write(`docs/images/${file}\n`);
    }
    if (faults.length > 0) throw new Error(`${faults.join("\n")}\nBuild the site first: npm run docs`);
    return 0;
  } finally {
    await Promise.all([browser.close(), served.close()]);
  }
}
