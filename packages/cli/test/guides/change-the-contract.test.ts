import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../src/index.js";
import { createTestIo } from "../../src/test-io.js";
import { playGuide } from "./play.js";

const root = join(import.meta.dirname, "../../../..");
let cwd = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-guide-"));
  await copyFile(join(root, "asyncapi.yaml"), join(cwd, "asyncapi.yaml"));
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) => execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch", "main");
  git("add", ".");
  git("commit", "--quiet", "--message", "Add");
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** The project's contract with the change that a diff shows, and no other. */
async function change(diff: string) {
  const lines = diff.split("\n");
  const side = (other: string) =>
    lines
      .filter((line) => !line.startsWith(other))
      .map((line) => line.slice(1))
      .join("\n");
  const text = await readFile(join(root, "asyncapi.yaml"), "utf8");
  expect(text.split(side("+"))).toHaveLength(2);
  await writeFile(join(cwd, "asyncapi.yaml"), text.replace(side("+"), side("-")));
}

test("the guide's commands print what it says, on the project's contract with each of its changes", async () => {
  const codes: number[] = [];
  const run = async (command: string) => {
    const [name, ...args] = command.split(" ");
    expect(name).toBe("keyline");
    const io = createTestIo(cwd);
    codes.push(await main(args, io));
    return io.written.out;
  };
  await playGuide(join(root, "docs/guides/change-the-contract.md"), { run, change });
  expect(codes).toEqual([0, 3, 3, 3]);
});
