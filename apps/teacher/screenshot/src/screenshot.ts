import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startBrowser } from "@keyline/browser-dev";
import { openWorld } from "../../test/world.js";

const views = [
  { name: "wide", width: 1280, height: 800 },
  { name: "narrow", width: 390, height: 844 },
] as const;
const schemes = ["light", "dark"] as const;

/**
 * Plays a class and takes pictures of it: all views, into the folder that the first argument names; without an argument,
 * only the view that the README shows.
 */
export async function main([folder]: readonly string[]): Promise<number> {
  const world = await openWorld();
  const browser = await startBrowser();
  try {
    const { page: served } = await world.startTeacher();
    await world.playClass({ students: 32, rate: 300, seconds: 8 });
    await world.caughtUp();
    const shots = folder
      ? views.flatMap((view) => schemes.map((colorScheme) => ({ ...view, colorScheme })))
      : [{ ...views[0], height: 560, colorScheme: "light" as const }];
    // npm runs it in this package.
    const target = folder ?? "../../docs/images";
    await mkdir(target, { recursive: true });
    for (const { name, width, height, colorScheme } of shots) {
      const look = { viewport: { width, height }, colorScheme, reducedMotion: "reduce" } as const;
      const context = await browser.newContext({ timezoneId: "UTC", locale: "en-GB", ...look });
      const page = await context.newPage();
      await page.goto(served.url);
      await page.getByText("Up to date", { exact: true }).waitFor();
      await page.locator("tbody tr").first().waitFor({ state: "attached" });
      await page.waitForTimeout(800);
      const file = folder ? `${name}-${colorScheme}` : "teacher";
      await page.screenshot({ path: join(target, `${file}.png`) });
      if (folder) {
        if (name === "narrow") {
          await page.getByRole("button", { name: "Mastery" }).click();
          await page.screenshot({ path: join(target, `${file}-mastery.png`) });
        }
        await page.locator("tbody a").nth(2).click();
        await page.locator(".happening").first().waitFor();
        await page.screenshot({ path: join(target, `${file}-student.png`) });
        await page.getByLabel("Technical details").check();
        await page.screenshot({ path: join(target, `${file}-technical.png`) });
      }
      await context.close();
    }
    console.log(`${shots.length} pictures in ${target}`);
    return 0;
  } finally {
    await browser.close();
    await world.close();
  }
}
