import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refusals } from "./judge.js";

const page = (path: string) => readFileSync(join(import.meta.dirname, "../../../../docs", path), "utf8");

test.each(Object.entries(refusals))("the pages of %s and of %s name each other", (code, kind) => {
  expect(page(`findings/${kind}.md`)).toContain(`[${code}](../errors/${code}.md)`);
  expect(page(`errors/${code}.md`)).toContain(`[${kind}](../findings/${kind}.md)`);
});
