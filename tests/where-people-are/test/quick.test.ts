import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cells } from "../src/cells.ts";
import { pageFile, withTable } from "../src/page.ts";
import { createPlace } from "../src/place.ts";
import { allSeen, createPreparing, runCell } from "../src/run-cell.ts";
import { root } from "../src/tools.ts";

let place = "";
beforeAll(async () => {
  place = await createPlace();
}, 300_000);
afterAll(async () => {
  for (const folder of [place, `${place}-bundles`]) await rm(folder, { recursive: true, force: true });
});

const quick = cells.filter(({ isQuick }) => isQuick);

test("one cell of each tool is quick", () => {
  const tools = new Set(cells.map(({ tool }) => tool));
  expect(quick.map(({ tool }) => tool).sort()).toEqual([...tools].sort());
});

test("the page's table is what the cells say", async () => {
  const file = join(root, pageFile);
  const page = await readFile(file, "utf8");
  expect(withTable(page), "node tests/where-people-are/src/page.ts").toBe(page);
});

test.each(quick)(
  "$tool: $way",
  async (cell) => {
    await createPreparing(place)(cell);
    const setting = { cell: "quick", firstStudent: 100 };
    const seen = await runCell(cell, place, setting);
    if (seen !== null) expect(seen).toEqual(allSeen(setting));
  },
  300_000,
);
