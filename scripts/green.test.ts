import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashOf } from "./green.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "keyline-green-"));
  execFileSync("git", ["init", "-q"], { cwd: root });
});
afterAll(() => rmSync(root, { recursive: true }));

test("the hash of a check changes with its files alone: when one changes, comes, goes or is renamed", () => {
  const put = (name: string, text: string) => writeFileSync(join(root, name), text);
  const hash = () => hashOf({ dependsOn: ["own.ts", "more.ts"] }, root);
  put("own.ts", "1");
  put("other.ts", "1");
  const before = hash();
  put("other.ts", "2");
  expect(hash()).toBe(before);
  put("own.ts", "2");
  const changed = hash();
  expect(changed).not.toBe(before);
  put("more.ts", "");
  expect(hash()).not.toBe(changed);
  rmSync(join(root, "more.ts"));
  expect(hash()).toBe(changed);
  rmSync(join(root, "own.ts"));
  put("more.ts", "2");
  expect(hash()).not.toBe(changed);
});

test("the hash of a check does not change with what is written about its code", () => {
  mkdirSync(join(root, "code"));
  const hash = () => hashOf({ dependsOn: ["code"] }, root);
  writeFileSync(join(root, "code/own.ts"), "1");
  const before = hash();
  for (const page of ["DESIGN.md", "README.md"]) writeFileSync(join(root, "code", page), "how it works");
  expect(hash()).toBe(before);
  writeFileSync(join(root, "code/guide.md"), "a test may play it");
  expect(hash()).not.toBe(before);
});
