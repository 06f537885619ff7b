import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { toolVersions } from "../src/init/manifest.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";

const root = join(import.meta.dirname, "../../..");
const exec = promisify(execFile);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-init-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function init(args: readonly string[], more: Partial<Io> = {}) {
  const io = createTestIo(folder, more);
  const code = await main(["init", ...args], io);
  return { code, ...io.written };
}
const read = (path: string) => readFile(join(folder, path), "utf8");
const manifestOf = async (dir: string) => JSON.parse(await read(join(dir, "package.json")));

/** Runs npm in a folder, as a user would. Rejects with its output when it fails. */
async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  // Not this run's own settings: npm hands them down in the environment.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_OPTIONS|VITEST)/.test(name));
  const path = [dirname(process.execPath), join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const { stdout } = await exec("npm", [...args], { cwd, env: { ...Object.fromEntries(inherited), PATH: path } });
  return stdout;
}

/** The packages as npm would publish them, by name: those that `npm test` has packed and checked already, or packed now. */
async function packAll(target: string): Promise<Readonly<Record<string, string>>> {
  const given = process.env.KEYLINE_TARBALLS;
  if (given !== undefined) {
    const all = JSON.parse(await readFile(join(given, "index.json"), "utf8")) as Record<string, string>;
    const own = Object.entries(all).filter(([name]) => name.startsWith("@keyline/"));
    return Object.fromEntries(own.map(([name, file]) => [name, `file:${file}`]));
  }
  await exec("npx", ["turbo", "run", "build", "--filter=@keyline/cli", "--output-logs=errors-only"], { cwd: root });
  await mkdir(target);
  const packages = (await readdir(join(root, "packages"))).filter((name) =>
    existsSync(join(root, "packages", name, "package.json")),
  );
  const manifests = packages.map(async (name) => {
    const manifest = JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
    return { name, isPublished: manifest.private !== true && manifest.name.startsWith("@keyline/") };
  });
  const published = (await Promise.all(manifests)).filter(({ isPublished }) => isPublished);
  const packed = await Promise.all(
    published.map(async ({ name }) => {
      const out = await npm(join(root, "packages", name), "pack", "--json", "--pack-destination", target);
      const [{ name: id, filename }] = JSON.parse(out) as [{ name: string; filename: string }];
      return [id, `file:${join(target, filename)}`] as const;
    }),
  );
  return Object.fromEntries(packed);
}

describe("a new project, from the packed packages alone", () => {
  const project = () => join(folder, "my-events");
  beforeAll(async () => {
    expect(await init(["my-events", "--json"])).toMatchObject({ code: 0, log: "" });
    const tarballs = await packAll(join(folder, "packed"));
    const manifest = await manifestOf("my-events");
    expect(manifest.dependencies["@keyline/runtime"]).toBe("0.1.0");
    const { "@keyline/cli": cli, ...packages } = tarballs;
    const own = { dependencies: packages, devDependencies: { ...manifest.devDependencies, "@keyline/cli": cli } };
    await writeFile(join(project(), "package.json"), JSON.stringify({ ...manifest, ...own }));
    await npm(project(), "install", "--prefer-offline", "--no-audit", "--no-fund");
  }, 300_000);

  test("has a contract without a finding, and generated code in step with it", async () => {
    expect(await npm(project(), "run", "-s", "check")).toMatch(
      /^asyncapi\.yaml \(2 topics, 1 ordering domain\): no problems/,
    );
    expect(await npm(project(), "run", "-s", "generate")).toMatch(/ 0 changed\n$/);
    await npm(project(), "run", "-s", "docs");
    expect(await readFile(join(project(), "docs/contract/topics/order-placed.md"), "utf8")).toContain("order_id");
    expect(await npm(project(), "run", "-s", "generate:check")).toContain("files are as asyncapi.yaml says");
  }, 120_000);

  test("runs its producer and its consumer on the memory transport: each order's events in their order", async () => {
    const lines = (await npm(project(), "run", "-s", "start")).trim().split("\n");
    const sent = lines.filter((line) => line.startsWith("sent"));
    const received = lines.filter((line) => line.startsWith("received"));
    expect(sent).toHaveLength(6);
    expect(sent[0]).toMatch(/^sent {6}order\.placed\/\d@0 {2}order 1001$/);
    for (const order of [1001, 1002, 1003]) {
      expect(received.filter((line) => line.includes(`order ${order} `))).toEqual([
        `received  order ${order} was placed: 2500`,
        `received  order ${order} was paid: 2500`,
      ]);
    }
  }, 60_000);

  test("passes its own test, which can fail, and has no type error", async () => {
    await npm(project(), "test");
    await npm(project(), "run", "-s", "typecheck");
    const file = join(project(), "src/balance.ts");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace("state.owed - event.amount", "state.owed"));
    await expect(npm(project(), "test")).rejects.toThrow();
    await writeFile(file, source.replace("event.amount", "event.amuont"));
    await expect(npm(project(), "run", "-s", "typecheck")).rejects.toThrow();
    await writeFile(file, source);
  }, 120_000);
});

describe("init", () => {
  test("writes into the working folder where no other is named, and says what to do next", async () => {
    const { code, out } = await init(["Our Events!"]);
    expect(code).toBe(0);
    expect(out).toContain('Next: cd "Our Events!" && npm install && npm start');
    expect(await manifestOf("Our Events!")).toMatchObject({ name: "our-events", keyline: { scope: "@our-events" } });
  });

  test("overwrites nothing: 1 with what is in the way; README.md and .gitignore are kept", async () => {
    await mkdir(join(folder, "taken/src"), { recursive: true });
    await writeFile(join(folder, "taken/README.md"), "mine");
    await writeFile(join(folder, "taken/src/main.ts"), "mine too");
    const refused = await init(["taken"]);
    expect(refused).toMatchObject({ code: 1, out: "", log: expect.stringContaining("src/main.ts already exists") });
    expect(await readdir(join(folder, "taken"))).toEqual(["README.md", "src"]);
    await rm(join(folder, "taken/src"), { recursive: true });
    const { code, out } = await init(["taken", "--json"]);
    expect({ code, kept: JSON.parse(out).kept }).toEqual({ code: 0, kept: ["README.md"] });
    expect(await read("taken/README.md")).toBe("mine");
  });

  test("asks for the scope at a terminal alone, and not where a flag says it", async () => {
    const asked: string[] = [];
    const answering = (answer: string) => ({
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    expect((await init(["asked"], answering("shop"))).code).toBe(0);
    expect((await manifestOf("asked")).keyline.scope).toBe("@shop");
    expect((await init(["enter"], answering(""))).code).toBe(0);
    expect((await manifestOf("enter")).keyline.scope).toBe("@enter");
    expect(asked).toEqual([expect.stringContaining("[@asked]"), expect.stringContaining("[@enter]")]);
    expect((await init(["flag", "--scope", "@given"], answering("shop"))).code).toBe(0);
    expect((await init(["yes", "--yes"], answering("shop"))).code).toBe(0);
    expect(asked).toHaveLength(2);
    expect(await init(["bad"], answering("No Scope"))).toMatchObject({ code: 2, out: "" });
    expect((await init(["bad", "--scope", "No Scope"])).code).toBe(2);
    await expect(read("bad/package.json")).rejects.toThrow();
  });

  test("its tools are those of this repository", async () => {
    const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    expect(devDependencies).toMatchObject(toolVersions);
  });
});
