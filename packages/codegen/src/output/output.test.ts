import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareOutput, writeOutput } from "./output.js";

const files = [
  { path: "events/package.json", content: "{}\n" },
  { path: "events/src/gen/topics.ts", content: "export {};\n" },
];

let out = "";

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "keyline-output-"));
});

afterEach(() => rm(out, { recursive: true, force: true }));

test("everything is missing from an empty folder, and nothing after writing", async () => {
  expect((await compareOutput(join(out, "none"), files)).map(({ kind }) => kind)).toEqual(["missing", "missing"]);
  expect(await writeOutput(out, files)).toHaveLength(2);
  expect(await compareOutput(out, files)).toEqual([]);
  expect(await readFile(join(out, "events/src/gen/topics.ts"), "utf8")).toBe("export {};\n");
});

test("what is stale under src/gen goes; what lies beside the generated files stays", async () => {
  await writeOutput(out, files);
  await mkdir(join(out, "events/src/gen/schemas"));
  await writeFile(join(out, "events/src/gen/schemas/old.ts"), "");
  await writeFile(join(out, "events/CHANGELOG.md"), "kept");
  expect(await writeOutput(out, files)).toEqual([{ path: "events/src/gen/schemas/old.ts", kind: "stale" }]);
  expect(await readFile(join(out, "events/CHANGELOG.md"), "utf8")).toBe("kept");
});

test("a file that is right already is not written again", async () => {
  await writeOutput(out, files);
  const file = join(out, "events/package.json");
  await utimes(file, 1, 1);
  await writeFile(join(out, "events/src/gen/topics.ts"), "drift");
  expect(await writeOutput(out, files)).toEqual([{ path: "events/src/gen/topics.ts", kind: "changed" }]);
  expect((await stat(file)).mtimeMs).toBe(1000);
});
