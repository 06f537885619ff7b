import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareOutput, generateFromFile } from "@keyline/codegen";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const command = join(repository, "packages/codegen/bin/generate.js");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-both-"));
  await cp(join(repository, "asyncapi.yaml"), join(folder, "asyncapi.yaml"));
  const keyline = { contract: "asyncapi.yaml", out: "sdk", scope: "@both" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ keyline }));
  await mkdir(join(folder, "sdk/events/src/gen/schemas"), { recursive: true });
  await writeFile(join(folder, "sdk/events/src/gen/schemas/stale.ts"), "export {};\n");
  await writeFile(join(folder, "sdk/events/notes.md"), "kept\n");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("@asyncapi/generator and the direct way write the same bytes, and neither leaves a stale file", async () => {
  await run(process.execPath, [command], { cwd: folder });
  const { files } = await generateFromFile(join(folder, "asyncapi.yaml"), { scope: "@both" });
  expect(files.length).toBeGreaterThan(40);
  expect(await compareOutput(join(folder, "sdk"), files)).toEqual([]);
  expect(await readFile(join(folder, "sdk/events/notes.md"), "utf8")).toBe("kept\n");
}, 120_000);

test("a contract that breaks a rule stops the generator before it writes, with the finding's place", async () => {
  await writeFile(join(folder, "sdk/events/README.md"), "before\n");
  const contract = await readFile(join(folder, "asyncapi.yaml"), "utf8");
  await writeFile(join(folder, "asyncapi.yaml"), contract.replace("#/student_id", "#/pupil_id"));
  const failed: { code: number; stderr: string } = await run(process.execPath, [command], { cwd: folder }).then(
    () => ({ code: 0, stderr: "" }),
    (caught) => caught,
  );
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/asyncapi\.yaml:\d+:\d+ error key-unresolved/);
  expect(await readFile(join(folder, "sdk/events/README.md"), "utf8")).toBe("before\n");
}, 120_000);
