import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { slow } from "./slow-first.ts";

test("each file that is run first is there", () => {
  expect(slow.filter((path) => !existsSync(path))).toEqual([]);
});
