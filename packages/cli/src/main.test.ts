import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "./main.js";
import { createTestIo } from "./test-io.js";

const ours = fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url));
const folders: string[] = [];
let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-cli-"));
  folders.push(cwd);
  await copyFile(ours, join(cwd, "asyncapi.yaml"));
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function keyline(...args: string[]) {
  const io = createTestIo(cwd);
  const code = await main(args, io);
  return { code, ...io.written };
}

/** Changes the contract in the working directory. */
async function edit(from: string, to: string) {
  const text = await readFile(join(cwd, "asyncapi.yaml"), "utf8");
  expect(text).toContain(from);
  await writeFile(join(cwd, "asyncapi.yaml"), text.replace(from, to));
}

describe("check", () => {
  test("a contract that keeps every rule: 0, in one line", async () => {
    const { code, out, log } = await keyline("check");
    expect({ code, log }).toEqual({ code: 0, log: "" });
    expect(out).toContain("asyncapi.yaml (11 topics, 1 ordering domain): no problems");
  });

  test("an error: 3, with place, frame, caret, fix and where to read more", async () => {
    await edit("#/student_id", "#/pupil_id");
    const { code, out } = await keyline("check", "asyncapi.yaml");
    expect(code).toBe(3);
    expect(out).toMatch(/^asyncapi\.yaml:\d+:\d+ error key-unresolved {2}/m);
    expect(out).toMatch(/^ {2}> \d+ \| {2,}learningQuery:\n {2} +\| +\^$/m);
    expect(out).toMatch(/^ {2}fix: /m);
    expect(out).toContain("keyline explain ");
    expect(out).not.toContain("\u001b");
  });

  test("a $ref out of the contract's folder: 3, and nothing of that file is shown; --allow-refs opens a folder", async () => {
    const outside = await mkdtemp(join(tmpdir(), "keyline-outside-"));
    folders.push(outside);
    await writeFile(join(outside, "secret.yaml"), "type: object\nproperties:\n  PASSWORD: swordfish\n");
    const channels = `channels: { a: { address: a, messages: { m: { payload: { $ref: "${outside}/secret.yaml" } } } } }`;
    await writeFile(join(cwd, "evil.yaml"), `asyncapi: 3.1.0\ninfo: { title: Evil, version: 1.0.0 }\n${channels}\n`);
    for (const args of [
      ["check", "evil.yaml"],
      ["generate", "--contract", "evil.yaml"],
      ["docs", "evil.yaml"],
    ]) {
      const refused = await keyline(...args);
      expect(refused.code).toBe(3);
      expect(refused.out + refused.log).toContain("error ref-outside");
      expect(refused.out + refused.log).not.toMatch(/PASSWORD|swordfish/);
    }
    const opened = await keyline("check", "evil.yaml", "--allow-refs", outside);
    expect(opened.out).toContain("error schema-invalid");
    expect(opened.out).toMatch(/^ {2}> 3 \| {3}PASSWORD: swordfish$/m);
  });

  test("a warning alone: 0", async () => {
    await edit("  version: 1.0.0", "  version: one");
    const { code, out } = await keyline("check");
    expect(code).toBe(0);
    expect(out).toContain("warning version-semver");
  });

  test("--json: findings as versioned JSON and nothing else on stdout", async () => {
    await edit("#/student_id", "#/pupil_id");
    const { code, out } = await keyline("check", "--json");
    const report = JSON.parse(out);
    expect(code).toBe(3);
    expect(report).toMatchObject({ version: 1, command: "check", file: "asyncapi.yaml", ok: false });
    expect(report.summary.errors).toBe(report.diagnostics.length - report.summary.warnings - report.summary.infos);
    expect(report.diagnostics[0]).toMatchObject({
      file: "asyncapi.yaml",
      line: expect.any(Number),
      rule: expect.any(String),
    });
  });

  test("what to read first is about the worst, and what comes next is about this contract", async () => {
    await writeFile(join(cwd, "package.json"), JSON.stringify({ keyline: { out: "sdk" } }));
    await copyFile(join(cwd, "asyncapi.yaml"), join(cwd, "the other.yaml"));
    expect((await keyline("check", "the other.yaml")).out).toContain(
      "Next: keyline generate --contract 'the other.yaml'\n",
    );
    expect((await keyline("check")).out).toContain("Next: keyline generate\n");
    await edit("  version: 1.0.0", "  version: one");
    await edit("#/student_id", "#/pupil_id");
    const { out } = await keyline("check");
    const [, first] = /^\S+ (\w+) /.exec(out) ?? [];
    expect(first).toBe("warning");
    expect(out).toContain("Read more: keyline explain key-unresolved\n");
  });

  test("a schema that cannot be generated is found by check already", async () => {
    await edit(
      "          type: integer\n          minimum: 1\n",
      "          type: integer\n          unevaluatedItems: false\n          minimum: 1\n",
    );
    const { code, out } = await keyline("check");
    expect(code).toBe(3);
    expect(out).toContain("error schema-unsupported");
  });

  test("no such file: 1", async () => {
    const { code, out } = await keyline("check", "missing.yaml");
    expect(code).toBe(1);
    expect(out).toContain("missing.yaml:1:1 error file-unreadable");
  });

  test("a file that is not YAML: 3, at its place", async () => {
    await writeFile(join(cwd, "asyncapi.yaml"), "asyncapi: 3.0.0\ninfo: [\n");
    const { code, out } = await keyline("check");
    expect(code).toBe(3);
    expect(out).toMatch(/asyncapi\.yaml:\d+:\d+ error yaml-syntax/);
  });
});

describe("generate", () => {
  test("writes three packages under the scope of the contract's title", async () => {
    const { code, out } = await keyline("generate");
    expect(code).toBe(0);
    expect(out).toContain("@student-events/{events,producer,consumer} in packages");
    expect((await readdir(join(cwd, "packages"))).sort()).toEqual(["consumer", "events", "producer"]);
  });

  test("options win over package.json, and package.json over defaults", async () => {
    await writeFile(join(cwd, "package.json"), JSON.stringify({ keyline: { out: "sdk", scope: "@configured" } }));
    await keyline("generate");
    expect(await readFile(join(cwd, "sdk/events/package.json"), "utf8")).toContain('"@configured/events"');
    await keyline("generate", "--out", "other", "--scope", "@given");
    expect(await readFile(join(cwd, "other/events/package.json"), "utf8")).toContain('"@given/events"');
  });

  test("a second run changes nothing, and removes what is stale", async () => {
    await keyline("generate");
    await writeFile(join(cwd, "packages/events/src/gen/schemas/old.ts"), "export {};\n");
    const { out } = await keyline("generate");
    expect(out).toMatch(/^removed {2}packages\/events\/src\/gen\/schemas\/old\.ts\n.* 1 changed\n$/);
    expect((await keyline("generate")).out).toContain(" 0 changed");
  });

  test("--check: 0 when nothing drifted; 3 with the files and the command to run when something did", async () => {
    await keyline("generate");
    expect((await keyline("generate", "--check")).code).toBe(0);
    await writeFile(join(cwd, "packages/events/src/gen/topics.ts"), "// edited by hand\n");
    await rm(join(cwd, "packages/producer/README.md"));
    await writeFile(join(cwd, "packages/consumer/src/gen/more.ts"), "");
    const { code, out } = await keyline("generate", "--check");
    expect(code).toBe(3);
    expect(out).toContain(
      "stale    packages/consumer/src/gen/more.ts\ndiffers  packages/events/src/gen/topics.ts\nmissing  packages/producer/README.md\n",
    );
    expect(out).toMatch(/Run: keyline generate\n$/);
    await keyline("generate", "--out", "other", "--scope", "@given");
    await rm(join(cwd, "other/events/src/gen/topics.ts"));
    expect((await keyline("generate", "--check", "--out", "other", "--scope", "@given")).out).toContain(
      "Run: keyline generate --out other --scope @given\n",
    );
    expect(await readFile(join(cwd, "packages/events/src/gen/topics.ts"), "utf8")).toBe("// edited by hand\n");
  });

  test("a contract with errors: 3, and nothing is written", async () => {
    await edit("#/student_id", "#/pupil_id");
    const { code, out, log } = await keyline("generate");
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(log).toContain("error key-unresolved");
    expect(await readdir(cwd)).toEqual(["asyncapi.yaml"]);
  });

  test("no contract: 1", async () => {
    expect((await keyline("generate", "--contract", "missing.yaml")).code).toBe(1);
    expect((await keyline("generate", "--check", "--contract", "missing.yaml")).code).toBe(1);
  });

  test("--out that cannot be written: 1", async () => {
    await writeFile(join(cwd, "packages"), "a file");
    const { code, log } = await keyline("generate");
    expect(code).toBe(1);
    expect(log).toContain("error: ");
  });

  test("--watch: generates again after a change, until it is interrupted", async () => {
    const controller = new AbortController();
    let rounds = 0;
    const io = createTestIo(cwd, {
      signal: controller.signal,
      out: (text) => {
        rounds += 1;
        if (rounds === 2) {
          expect(text).toContain("events/src/gen/schemas/module.ts");
          controller.abort();
        }
      },
      log: (text) => {
        if (text.startsWith("watching")) void edit("errors, libraries]", "errors, libraries, testing]");
      },
    });
    // The first round writes every file; only its summary counts as a round here.
    await mkdir(join(cwd, "packages"), { recursive: true });
    await main(["generate"], createTestIo(cwd));
    expect(await main(["generate", "--watch"], io)).toBe(130);
    expect(rounds).toBeGreaterThanOrEqual(2);
  });
});

describe("usage", () => {
  test.each([
    [["chekc"], "Did you mean check?"],
    [["generate", "--scop", "@a"], "Did you mean --scope?"],
    [["generate", "--scope", "no-scope"], "Not a valid npm scope"],
    [["check", "a", "b"], "too many arguments"],
    [["explain"], "missing required argument"],
    [["explain", "key-requird"], "Did you mean key-required?"],
    [[], "Usage: keyline"],
  ])("%j: 2, with what is wrong on stderr", async (args, text) => {
    const { code, out, log } = await keyline(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(log).toContain(text);
  });

  test("--help: 0, on stdout, with the exit codes", async () => {
    const { code, out } = await keyline("--help");
    expect(code).toBe(0);
    expect(out).toContain(
      "Exit codes: 0 clean; 1 could not run; 2 usage; 3 problems found; 130 interrupted; 141 output closed by its reader; 143\nterminated.",
    );
  });

  test("topics says which of its commands fails at what is refused", async () => {
    expect((await keyline("topics", "plan", "--help")).out).toContain("0 shown, also where something is refused;");
    expect((await keyline("topics", "apply", "--help")).out).toContain("or something was refused;");
  });

  test("a package.json that cannot be understood: 1, with the field", async () => {
    await writeFile(join(cwd, "package.json"), JSON.stringify({ keyline: { scop: "@a" } }));
    const { code, log } = await keyline("check");
    expect(code).toBe(1);
    expect(log).toContain("keyline.scop is unknown");
  });
});

describe("explain", () => {
  test("prints the rule's page", async () => {
    const { code, out } = await keyline("explain", "key-required");
    expect(code).toBe(0);
    expect(out).toMatch(/^# .*key-required/);
  });

  test("knows the parser's rules and the generator's", async () => {
    expect((await keyline("explain", "asyncapi/asyncapi-latest-version")).code).toBe(0);
    expect((await keyline("explain", "schema-unsupported")).out).toContain("schema-unsupported");
  });
});
