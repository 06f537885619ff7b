import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";

const contract = (...topics: readonly string[]) =>
  `asyncapi: 3.1.0\ninfo: { title: Shop, version: 1.0.0 }\nchannels:\n${topics
    .map((name) => `  ${name}: { address: ${name}, messages: { ${name}: { payload: { type: object } } } }\n`)
    .join("")}`;

const folders: string[] = [];
let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-single-"));
  folders.push(cwd);
  await writeFile(join(cwd, "asyncapi.yaml"), contract("placed", "paid"));
  await configure({ layout: "single" });
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const configure = (keyline: object, manifest: object = { dependencies: { "@keyline/runtime": "0.1.0" } }) =>
  writeFile(join(cwd, "package.json"), JSON.stringify({ ...manifest, keyline }));

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const io = createTestIo(cwd, more);
  const code = await main(args, io);
  return { code, out: io.written.out, errors: io.written.log.replaceAll(/^asyncapi\.yaml:.*\n( .*\n)*/gm, "") };
}
const generate = (...args: readonly string[]) => keyline(["generate", ...args]);
const read = (path: string) => readFile(join(cwd, path), "utf8");

test("one folder in the project, and nothing beside it", async () => {
  const { code, out, errors } = await generate();
  expect({ code, errors: errors.trim() }).toEqual({ code: 0, errors: "" });
  expect(out).toContain("added    src/keyline/events.ts\n");
  expect(out).toMatch(/\{events,producer,consumer\}\.ts in src\/keyline: 10 files, 10 changed\n$/);
  expect((await readdir(cwd)).sort()).toEqual(["asyncapi.yaml", "package.json", "src"]);
  expect((await readdir(join(cwd, "src/keyline"))).sort()).toEqual(["consumer.ts", "events.ts", "gen", "producer.ts"]);
  expect((await generate()).out).toContain("10 files, 0 changed");
  expect((await generate("--check")).code).toBe(0);
});

test("options say the same as package.json, which says how files import each other", async () => {
  await configure({});
  await generate("--layout", "single", "--out", "lib/events", "--imports", "none");
  expect(await read("lib/events/producer.ts")).toContain('from "./gen/producer";');
  const drifted = await generate("--check", "--layout", "single", "--out", "lib/events", "--imports", "ts");
  expect(drifted.out).toMatch(/Run: keyline generate --layout single --out lib\/events --imports ts\n$/);
  await configure({ layout: "single", out: "lib/events", imports: "none" });
  expect((await generate("--check")).code).toBe(0);
  expect((await generate("--layout", "packages")).out).toContain("@shop/{events,producer,consumer} in packages");
});

test.each([
  [["--layout", "single", "--scope", "@a"], "--scope is for --layout packages"],
  [["--layout", "packages", "--imports", "ts"], "--imports is for --layout single"],
  [["--layout", "many"], "Allowed choices are packages, single."],
  [["--imports", "mjs"], "Allowed choices are js, ts, none."],
])("%j is usage: 2", async (args, text) => {
  expect(await generate(...args)).toMatchObject({ code: 2, errors: expect.stringContaining(text) });
});

test.each([
  [{ layout: "many" }, "keyline.layout is not one of packages, single"],
  [{ layout: "single", imports: 1 }, "keyline.imports is not one of js, ts, none"],
  [{ imports: "ts" }, 'keyline.imports is for "layout": "single"'],
  [{ layout: "single", scope: "@a" }, 'keyline.scope is for "layout": "packages"'],
])("%j in package.json: 1", async (config, text) => {
  await configure(config);
  expect(await generate()).toMatchObject({ code: 1, errors: `error: package.json: ${text}\n` });
});

describe("a folder with other files", () => {
  test("is refused, and nothing is written: 1; --check names them: 3", async () => {
    await mkdir(join(cwd, "src/keyline"), { recursive: true });
    await writeFile(join(cwd, "src/keyline/events.ts"), "export const mine = 1;\n");
    await writeFile(join(cwd, "src/keyline/.gitattributes"), "* linguist-generated\n");
    await symlink("/etc/hosts", join(cwd, "src/keyline/hosts"));
    const { code, errors } = await generate();
    expect(code).toBe(1);
    expect(errors).toMatch(
      /src\/keyline has files that were not generated: events\.ts, hosts\. Nothing was written: move them away, or name another folder\n$/,
    );
    expect((await readdir(join(cwd, "src/keyline"))).sort()).toEqual([".gitattributes", "events.ts", "hosts"]);
    const checked = await generate("--check");
    expect(checked.code).toBe(3);
    expect(checked.out).toContain("foreign  src/keyline/events.ts\n");
    expect(checked.out).toContain("foreign files were not generated: move them out of src/keyline\n");
    await rm(join(cwd, "src/keyline/events.ts"));
    await rm(join(cwd, "src/keyline/hosts"));
    expect((await generate()).code).toBe(0);
    expect(await read("src/keyline/.gitattributes")).toBe("* linguist-generated\n");
  });

  test("what was generated and is stale goes", async () => {
    await generate();
    await writeFile(join(cwd, "src/keyline/old.ts"), await read("src/keyline/events.ts"));
    await mkdir(join(cwd, "src/keyline/gen/other"));
    await writeFile(join(cwd, "src/keyline/gen/other/old.ts"), await read("src/keyline/events.ts"));
    expect((await generate()).out).toMatch(
      /^removed {2}src\/keyline\/gen\/other\/old\.ts\nremoved {2}src\/keyline\/old\.ts\n.* 2 changed\n$/,
    );
  });

  test("packages are not generated over, and neither is a folder that is the project", async () => {
    await generate("--layout", "packages", "--out", "src/keyline");
    expect((await generate()).errors).toContain("consumer/README.md, consumer/package.json");
    expect((await generate("--out", ".")).errors).toContain(
      `${cwd} has files that were not generated: asyncapi.yaml, package.json,`,
    );
  });
});

test("functions do not vanish silently, by their list in the folder", async () => {
  await generate();
  await writeFile(join(cwd, "asyncapi.yaml"), contract("placed"));
  const refused = await generate();
  expect(refused.code).toBe(3);
  expect(refused.errors).toContain("  producer.paid\nTo remove it, run: keyline generate --allow-removed\n");
  expect((await generate("--check")).out).toContain("  producer.paid\n");
  expect(await generate("--allow-removed")).toMatchObject({ code: 0 });
  expect(await read("src/keyline/producer.ts")).toContain("createProducer");
});

test("what it imports has to be in a package.json above it: a line with the command, and a check of doctor", async () => {
  await configure({ layout: "single" }, {});
  const line =
    "src/keyline imports @keyline/runtime, which no package.json from there upwards names. Run: npm install --save-exact @keyline/runtime@0.1.0\n";
  expect(await generate()).toMatchObject({ code: 0, errors: expect.stringContaining(line) });
  expect((await generate("--check")).errors).toContain(line);
  expect((await keyline(["doctor"])).out).toContain(
    "upwards names: run npm install --save-exact @keyline/runtime@0.1.0",
  );
  // As a workspace of a monorepo may have it.
  await mkdir(join(cwd, "api"));
  await writeFile(join(cwd, "api/package.json"), '{"devDependencies":{"@keyline/runtime":"*"}}');
  expect((await generate("--out", "api/src/keyline")).errors).not.toContain("npm install");
  await configure({ layout: "single" });
  expect((await keyline(["doctor"])).out).toMatch(/^ok {4}generated code +10 files in src\/keyline$/m);
  await rm(join(cwd, "src/keyline/events.ts"));
  expect((await keyline(["doctor"])).out).toContain("1 file differs in src/keyline: events.ts: run keyline generate");
});

test("--watch generates again after a change", async () => {
  const controller = new AbortController();
  await generate();
  const texts: string[] = [];
  const code = main(
    ["generate", "--watch"],
    createTestIo(cwd, {
      signal: controller.signal,
      out: (text) => {
        texts.push(text);
        if (text.includes("added    src/keyline/gen/topics/sent.ts")) controller.abort();
      },
      log: (text) => {
        if (text.startsWith("watching")) void writeFile(join(cwd, "asyncapi.yaml"), contract("placed", "paid", "sent"));
      },
    }),
  );
  expect(await code).toBe(130);
  expect(texts[0]).toContain("0 changed");
});

test("the pages' snippets import from the folder", async () => {
  await configure({ layout: "single", imports: "none" });
  expect((await keyline(["docs"])).code).toBe(0);
  expect(await read("docs/contract/messages/paid.md")).toContain('from "./keyline/producer";');
});
