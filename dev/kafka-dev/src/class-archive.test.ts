import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ClassArchive, classArchive } from "./class-archive.ts";

let folder = "";
let classPath = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keyline-classes-"));
  classPath = join(folder, "lib/*");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = ({ options }: ClassArchive) => options.at(-1)?.split("=").at(-1) ?? "";

test("a run that ends well leaves an archive, which later ones read", async () => {
  const [one, other] = [classArchive(classPath, "tool"), classArchive(classPath, "tool")];
  expect(fileOf(one)).not.toBe(fileOf(other));
  for (const archive of [one, other]) {
    expect(archive.isWritten).toBe(true);
    writeFileSync(fileOf(archive), "classes");
    await archive.settle(true);
  }
  const later = classArchive(classPath, "tool");
  expect(later).toMatchObject({
    isWritten: false,
    options: [expect.anything(), expect.stringMatching(/SharedArchive/)],
  });
  expect(readdirSync(join(folder, "classes")).map((name) => join(folder, "classes", name))).toEqual([fileOf(later)]);
  expect(classArchive(classPath, "broker").isWritten).toBe(true);
});

test("one that was killed leaves nothing, whether it wrote or not", async () => {
  const [one, other] = [classArchive(classPath, "tool"), classArchive(classPath, "tool")];
  writeFileSync(fileOf(one), "half");
  await one.settle(false);
  await other.settle(true);
  expect(readdirSync(join(folder, "classes"))).toEqual([]);
});
