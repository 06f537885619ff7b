import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../src/main.js";
import { createTestIo } from "../src/test-io.js";

const ours = fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url));
const split = fileURLToPath(new URL("../../contract/fixtures/kinds/split", import.meta.url));
let repository = "";
let cwd = "";

function git(...args: string[]) {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd: repository, stdio: "pipe" });
}

/** A repository whose commit `v1` has two contracts: one file in a folder, and one over several. */
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), "keyline-diff-"));
  await mkdir(join(repository, "api", "split", "schemas"), { recursive: true });
  await copyFile(ours, join(repository, "api", "asyncapi.yaml"));
  for (const file of ["asyncapi.yaml", "messages.yaml", "servers.yaml", "schemas/team.yaml", "schemas/user.json"])
    await copyFile(join(split, file), join(repository, "api", "split", file));
  git("init", "--quiet", "--initial-branch", "main");
  git("add", ".");
  git("commit", "--quiet", "--message", "Add");
  git("tag", "v1");
});

afterAll(() => rm(repository, { recursive: true, force: true }));

beforeEach(() => {
  git("checkout", "--quiet", "--force", "main");
  git("clean", "--quiet", "-fd");
  cwd = join(repository, "api");
});

async function keyline(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(args, io);
  return { code, ...io.written };
}

async function edit(file: string, from: string, to: string) {
  const text = await readFile(join(cwd, file), "utf8");
  expect(text).toContain(from);
  await writeFile(join(cwd, file), text.replaceAll(from, to));
}

describe("what breaks", () => {
  beforeEach(() => edit("asyncapi.yaml", "enum: [low, medium, high]", "enum: [low, medium, high, urgent]"));

  test("3, with place, frame, reach, what breaks, a value that shows it, and how to do it safely", async () => {
    const { code, out, log } = await keyline("diff", "--against", "main");
    expect({ code, log }).toEqual({ code: 3, log: "" });
    expect(out).toMatch(/^asyncapi\.yaml:\d+:\d+ breaking enum-value-added {2}field severity of schema Struggle/);
    expect(out).toMatch(/^ {2}> \d+ \| {2,}enum: \[low, medium, high, urgent\]\n {2} +\| +\^$/m);
    expect(out).toContain("  reaches: struggle.detected; apps struggle, teacher\n");
    expect(out).toContain("  breaks: old readers refuse events with the new value\n");
    expect(out).toMatch(/^ {2}example: a new payload of struggleDetected .*"severity":"urgent"/m);
    expect(out).toMatch(/^ {2}safely: /m);
    expect(out).toContain("asyncapi.yaml against main: 1 breaking\n");
    expect(out).toContain("Packages: events major, producer major, consumer major; info.version 1.0.0 becomes 2.0.0\n");
    expect(out).toContain("keyline explain enum-value-added\n");
  });

  test.each([["--json"], ["--format", "json"]])("%s %s: one versioned object and nothing else", async (...args) => {
    const { code, out } = await keyline("diff", "--against", ".git#branch=main", ...args);
    const report = JSON.parse(out);
    expect(code).toBe(3);
    expect(report).toMatchObject({
      version: 1,
      command: "diff",
      file: "asyncapi.yaml",
      against: ".git#branch=main",
      ok: false,
      summary: { breaking: 1, compatible: 0, documentation: 0 },
      packages: { events: "major", producer: "major", consumer: "major" },
      versions: { before: "1.0.0", after: "1.0.0", needed: "2.0.0" },
    });
    expect(report.changes[0]).toMatchObject({
      rule: "enum-value-added",
      verdict: "breaking",
      topics: ["struggle.detected"],
      counterexample: { direction: "old-readers", value: { payload: { severity: "urgent" } } },
    });
  });

  test("--format github: an annotation in one line, at the place", async () => {
    const { code, out } = await keyline("diff", "--against", "v1", "--format", "github");
    expect(code).toBe(3);
    expect(out).toMatch(
      /^::error file=asyncapi\.yaml,line=\d+,col=\d+,title=breaking enum-value-added::field severity/,
    );
    expect(out.split("\n")[0]).toContain("%0Abreaks: old readers");
  });

  test("the rule that was printed can be explained", async () => {
    const { code, out } = await keyline("explain", "enum-value-added");
    expect(code).toBe(0);
    expect(out).toMatch(/^# enum-value-added\n/);
  });
});

test("what breaks nothing: 0, also where an example becomes invalid and rules fail", async () => {
  await edit("asyncapi.yaml", "description: What the student typed, as it is.", "description: What was typed.");
  await edit("asyncapi.yaml", "              query: How do I leave a for loop early?\n", "              query: 7\n");
  const { code, out } = await keyline("diff", "--against", "main");
  expect(code).toBe(0);
  expect(out).toContain("asyncapi.yaml against main: 2 documentation\n");
  expect((await keyline("check")).out).toContain("example-invalid");
});

test("several changes of one kind: what breaks is said once, every place is shown", async () => {
  await edit("asyncapi.yaml", "retention.ms: 1209600000 # 14 days", "retention.ms: 86400000");
  const { code, out } = await keyline("diff", "--against", "main");
  expect(code).toBe(3);
  expect(out.match(/ breaking retention-shortened /g)).toHaveLength(11);
  expect(out.match(/^ {2}breaks: /gm)).toHaveLength(1);
  expect(out.match(/^ {2}safely: /gm)).toHaveLength(1);
});

test("the same: 0, and nothing to read", async () => {
  const { code, out } = await keyline("diff", "--against", "main");
  expect({ code, out }).toEqual({
    code: 0,
    out: "asyncapi.yaml against main: no changes\n",
  });
});

test("files behind references are those of the commit, and a change in one is shown at its place there", async () => {
  cwd = join(repository, "api", "split");
  const none = await keyline("diff", "--against", "v1");
  expect(none).toMatchObject({ code: 0, out: "asyncapi.yaml against v1: no changes\n" });
  await edit("schemas/user.json", '"integer"', '"string"');
  const { code, out } = await keyline("diff", "--against", "v1");
  expect(code).toBe(3);
  expect(out).toMatch(/^schemas\/user\.json:\d+:\d+ breaking type-changed/m);
});

test("a file may be compared with a file, from another folder", async () => {
  await copyFile(join(cwd, "asyncapi.yaml"), join(cwd, "old.yaml"));
  await edit("asyncapi.yaml", "partitioner: fnv1a", "partitioner: murmur2");
  cwd = repository;
  const { code, out } = await keyline("diff", "api/asyncapi.yaml", "--against", "api/old.yaml");
  expect(code).toBe(3);
  expect(out).toMatch(/^api\/asyncapi\.yaml:\d+:\d+ breaking partitioner-changed/);
  expect(out).toContain("  was at: api/old.yaml:");
});

describe("what cannot be compared: 1, and why", () => {
  test("a ref that does not exist", async () => {
    const { code, out, log } = await keyline("diff", "--against", "nope");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(log).toBe(
      "error: cannot compare with nope: it is neither a file nor a commit of this repository: check its name, or fetch it first\n",
    );
  });

  test("a folder without a repository", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyline-none-"));
    await copyFile(ours, join(folder, "asyncapi.yaml"));
    cwd = folder;
    const { code, log } = await keyline("diff", "--against", "main");
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(log).toContain("it is not a file, and this folder is not in a git repository");
  });

  test("a commit that does not have the file", async () => {
    await copyFile(join(cwd, "asyncapi.yaml"), join(cwd, "new.yaml"));
    const { code, log } = await keyline("diff", "new.yaml", "--against", "main");
    expect(code).toBe(1);
    expect(log).toContain("main:new.yaml:1:1 error file-unreadable  cannot read new.yaml: there is no such file");
    expect(log).toContain("nothing was compared");
  });

  test("a contract that is not YAML any longer", async () => {
    await writeFile(join(cwd, "asyncapi.yaml"), "asyncapi: 3.0.0\ninfo: [\n");
    const { code, out, log } = await keyline("diff", "--against", "main");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(log).toMatch(/^asyncapi\.yaml:\d+:\d+ error yaml-syntax/);
  });
});

test.each([
  [["diff"]],
  [["diff", "--against"]],
  [["diff", "--against", "--upload-pack=x"]],
  [["diff", "--against", "main", "--format", "xml"]],
])("%j: 2", async (args) => {
  expect(await keyline(...args)).toMatchObject({ code: 2, out: "" });
});
