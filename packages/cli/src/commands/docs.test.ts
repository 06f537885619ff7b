import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { main } from "../main.js";
import { createTestIo } from "../test-io.js";

const ours = fileURLToPath(new URL("../../../../asyncapi.yaml", import.meta.url));
const folders: string[] = [];
let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-docs-"));
  folders.push(cwd);
  await copyFile(ours, join(cwd, "asyncapi.yaml"));
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function keyline(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(args, io);
  return { code, ...io.written };
}

const edit = async (change: (text: string) => string) =>
  writeFile(join(cwd, "asyncapi.yaml"), change(await readFile(join(cwd, "asyncapi.yaml"), "utf8")));

test("a page for each topic and message, an index and a map", async () => {
  const { code, out, log } = await keyline("docs");
  expect({ code, log }).toEqual({ code: 0, log: "" });
  expect(out).toBe("docs/contract/README.md: 36 files for asyncapi.yaml\n");
  const written = await readdir(join(cwd, "docs/contract"), { recursive: true });
  expect(written).toEqual(expect.arrayContaining(["README.md", "map.svg", "topics/code-executed.md"]));
  const page = await readFile(join(cwd, "docs/contract/messages/code-executed.md"), "utf8");
  expect(page).toContain("| `payload.error_type` | string | no |");
  expect(page).toContain("@student-events/producer");
});

test("a topic that is gone takes its pages along, and nothing else", async () => {
  await keyline("docs", "--out", "pages");
  await writeFile(join(cwd, "pages/topics/own.md"), "# Written by hand\n");
  await edit((text) => text.replaceAll("learningQuiz", "learningTest").replaceAll("LearningQuiz", "LearningTest"));
  const { code, out } = await keyline("docs", "--out", "pages");
  expect(code).toBe(0);
  expect(out).toContain("3 removed");
  const written = await readdir(join(cwd, "pages"), { recursive: true });
  expect(written.filter((path) => path.includes("quiz"))).toEqual([]);
  expect(written).toContain("topics/own.md");
  expect(written).toContain("messages/learning-test.md");
});

test.each(["topics", "messages/code-executed.md"])(
  "a link in the place of %s is refused: 1, and stays as it is",
  async (link) => {
    const behind = join(cwd, "behind");
    const isPage = link.endsWith(".md");
    const page = `# Old\n\n<!-- Written by keyline docs: change the contract instead. -->\n`;
    await mkdir(behind);
    await writeFile(join(behind, "old.md"), page);
    await mkdir(join(cwd, "pages/messages"), { recursive: true });
    await symlink(isPage ? join(behind, "old.md") : behind, join(cwd, "pages", link));
    const { code, log } = await keyline("docs", "--out", "pages");
    expect(code).toBe(1);
    expect(log).toContain(`${join(cwd, "pages", link)} is a symbolic link`);
    expect(await readdir(behind)).toEqual(["old.md"]);
    expect(await readFile(join(behind, "old.md"), "utf8")).toBe(page);
  },
);

test("a contract with errors has no pages: 3; one that is not there: 1", async () => {
  await edit((text) => text.replace("#/student_id", "#/pupil_id"));
  const { code, log } = await keyline("docs");
  expect(code).toBe(3);
  expect(log).toContain("nothing was written: asyncapi.yaml has errors");
  expect((await keyline("docs", "nowhere.yaml")).code).toBe(1);
});
