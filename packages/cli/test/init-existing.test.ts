import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { applyChanges } from "../src/init/write.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";

const folders: string[] = [];
let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-existing-"));
  folders.push(cwd);
  await mkdir(join(cwd, "src"));
  await put("src/server.ts", "export {};\n");
  await put("tsconfig.json", '{ "compilerOptions": { "module": "nodenext" } }\n');
  await put("package.json", manifest);
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const manifest = `{
    "name": "@acme/orders-api",
    "type": "module",
    "files": ["dist"],
    "scripts": {
        "start": "node dist/server.js"
    },
    "dependencies": { "fastify": "5.12.8" }
}
`;

const put = (path: string, text: string) => writeFile(join(cwd, path), text);
const read = (path: string) => readFile(join(cwd, path), "utf8");
const readManifest = async (path = "package.json") => JSON.parse(await read(path));

async function init(args: readonly string[] = [], more: Partial<Io> = {}) {
  const io = createTestIo(cwd, more);
  const code = await main(["init", ...args], io);
  return { code, ...io.written };
}

/** Everything below the folder, with what it holds. */
async function everything(): Promise<Readonly<Record<string, string>>> {
  const paths = await readdir(cwd, { recursive: true, withFileTypes: true });
  const files = paths.filter((entry) => entry.isFile() && !entry.parentPath.includes(".git"));
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(cwd.length + 1), await readFile(path, "utf8")] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

const install =
  "npm install --save-exact @keyline/runtime@0.1.0 @keyline/kafkajs@0.1.0 && npm install --save-exact --save-dev @keyline/cli@0.1.0";

test("adds a contract, two scripts and the field keyline, says so line by line, and changes nothing else", async () => {
  const before = await everything();
  const { code, out, log } = await init();
  expect({ code, log }).toEqual({ code: 0, log: "" });
  expect(out).toBe(
    [
      "added    asyncapi.yaml                          a contract to start from: make it yours",
      "added    package.json scripts.keyline:generate  keyline generate",
      "added    package.json scripts.keyline:check     keyline check && keyline generate --check",
      'added    package.json keyline                   {"contract":"asyncapi.yaml","layout":"single","out":"src/keyline"} (imports: js, as package.json has "type": "module")',
      "",
      `Next: ${install} && npm run keyline:generate`,
      "",
    ].join("\n"),
  );
  const { "asyncapi.yaml": contract, ...after } = await everything();
  expect(contract).toContain('title: "Orders api"');
  expect(after).toEqual({
    ...before,
    "package.json": manifest
      .replace(
        '"node dist/server.js"\n',
        '"node dist/server.js",\n        "keyline:generate": "keyline generate",\n        "keyline:check": "keyline check && keyline generate --check"\n',
      )
      .replace(
        '"5.12.8" }\n',
        '"5.12.8" },\n    "keyline": {\n        "contract": "asyncapi.yaml",\n        "layout": "single",\n        "out": "src/keyline"\n    }\n',
      ),
  });
});

test("--dry-run says the same and writes nothing; a second run has nothing to add", async () => {
  const before = await everything();
  const dry = await init(["--dry-run"]);
  expect(await everything()).toEqual(before);
  const { out } = await init();
  expect(dry.out).toBe(`${out}dry run: nothing was written\n`);
  const after = await everything();
  const second = await init();
  expect(second.code).toBe(0);
  expect(second.out).toBe(
    [
      "kept     asyncapi.yaml         the contract",
      "kept     package.json keyline  the project is set up already",
      "nothing to add",
      "",
      `Next: ${install} && npm run keyline:generate`,
      "",
    ].join("\n"),
  );
  expect(await everything()).toEqual(after);
  const json = JSON.parse((await init(["--json"])).out);
  expect(json).toMatchObject({ files: [], changed: [], contract: "asyncapi.yaml", dryRun: false });
});

test("what it adds generates, and is in step", async () => {
  await init();
  const generate = async (...args: string[]) => main(["generate", ...args], createTestIo(cwd));
  expect(await generate()).toBe(0);
  expect(await generate("--check")).toBe(0);
  expect(await read("src/keyline/producer.ts")).toContain('"./gen/producer.js"');
  expect((await init()).out).toContain("nothing to add");
});

const orders = `asyncapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
channels:
  placed:
    address: order.placed
    messages: { Placed: { payload: { $ref: "order.yaml" } } }
`;
const order = "type: object\nrequired: [orderId]\nproperties: { orderId: { type: string } }\n";
const keyed = orders.replace(
  "channels:",
  "x-ordering:\n  orderId:\n    key: $message.payload#/orderId\n    partitioner: murmur2\nchannels:",
);

describe("a contract", () => {
  beforeEach(async () => {
    await mkdir(join(cwd, "theirs"));
    await put("theirs/orders.yaml", orders);
    await put("theirs/order.yaml", order);
    await mkdir(join(cwd, "api"));
    await put("api/package.json", '{"name":"api"}');
  });

  test("that is there is used, and gets a key where one is named; once more changes nothing", async () => {
    await put("asyncapi.yaml", orders.replace("order.yaml", "theirs/order.yaml"));
    const { code, out } = await init(["--key", "orderId"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^changed {2}asyncapi\.yaml +has the key now\n/);
    expect(out).toContain("key: $message.payload#/orderId in 1 channel, in asyncapi.yaml\n");
    expect(await read("asyncapi.yaml")).toBe(keyed.replace("order.yaml", "theirs/order.yaml"));
    const after = await everything();
    const again = await init(["--key", "orderId"]);
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^kept .*\nkept .*\nnothing to add\n/) });
    expect(await everything()).toEqual(after);
    expect(await init(["--key", "other"])).toMatchObject({ code: 2, log: expect.stringContaining("leave --key out") });
  });

  test("without a key says how to choose one", async () => {
    await put("asyncapi.yaml", orders.replace("order.yaml", "theirs/order.yaml"));
    const { out } = await init();
    expect(out).toMatch(/^kept {5}asyncapi\.yaml +the contract\n/);
    expect(out).toContain(
      "To choose orderId, add this line at the root of asyncapi.yaml, then run npm run keyline:generate:\n",
    );
  });

  test("that is named is copied with what it refers to; once more changes nothing, and an edited copy is not overwritten", async () => {
    const args = ["api", "--from", "theirs/orders.yaml", "--key", "orderId"];
    const { code, out } = await init(args);
    expect(code).toBe(0);
    expect(out).toContain("added    contract/orders.yaml");
    expect(out).toContain("Next: cd api && npm install");
    expect(await read("api/contract/orders.yaml")).toBe(keyed);
    expect(await read("api/contract/order.yaml")).toBe(order);
    expect(await read("theirs/orders.yaml")).toBe(orders);
    expect((await readManifest("api/package.json")).keyline).toEqual({
      contract: "contract/orders.yaml",
      layout: "single",
      out: "keyline",
      imports: "none",
    });
    const after = await everything();
    expect((await init(args)).out).toContain("nothing to add");
    await put("api/contract/orders.yaml", keyed.replace("1.0.0", "1.1.0"));
    const edited = await init(args);
    expect(edited).toMatchObject({ code: 1, log: expect.stringContaining("differs from what would be written") });
    expect(await init(["api", "--from", "api/package.json"])).toMatchObject({ code: 1 });
    await put("api/contract/orders.yaml", keyed);
    expect(await everything()).toEqual(after);
  });

  test("that is another than the configured one is refused", async () => {
    await init(["api"]);
    const { code, log } = await init(["api", "--from", "theirs/orders.yaml", "--no-key"]);
    expect({ code, log }).toEqual({
      code: 1,
      log: "error: package.json: keyline.contract is asyncapi.yaml, not contract/orders.yaml; change it there: nothing was written\n",
    });
    await rm(join(cwd, "api/asyncapi.yaml"));
    expect((await init(["api"])).log).toContain("keyline.contract is asyncapi.yaml, which is not there");
  });

  test("with errors is refused, with the errors", async () => {
    await put("asyncapi.yaml", orders.replace("address:", "adress:"));
    const before = await everything();
    const { code, log } = await init();
    expect(code).toBe(1);
    expect(log).toContain("asyncapi.yaml:5:5 error");
    expect(await everything()).toEqual(before);
  });

  test("of AsyncAPI 2 is taken with the perspective that was named, which is noted", async () => {
    await put(
      "asyncapi.yaml",
      "asyncapi: 2.6.0\ninfo: { title: Old, version: 1.0.0 }\nchannels:\n  placed:\n    publish: { message: { payload: { type: object } } }\n",
    );
    expect((await init(["--perspective", "client"])).code).toBe(0);
    expect((await readManifest()).keyline.perspective).toBe("client");
  });
});

describe("imports", () => {
  const importsOf = async () => {
    expect((await init(["--yes"])).code).toBe(0);
    return (await readManifest()).keyline.imports;
  };

  test("end with js in ES modules, with nothing in CommonJS", async () => {
    expect(await importsOf()).toBeUndefined();
    await put("package.json", '{ "name": "cjs" }\n');
    expect(await importsOf()).toBe("none");
  });

  test("end with ts where sources run as they are", async () => {
    await put(
      "tsconfig.json",
      '{\n  // as Node needs it\n  "compilerOptions": { "rewriteRelativeImportExtensions": true }\n}',
    );
    expect(await importsOf()).toBe("ts");
    await put("package.json", manifest);
    await put("tsconfig.json", '{\n  // "allowImportingTsExtensions": true\n  "compilerOptions": {}\n}');
    expect(await importsOf()).toBeUndefined();
    await put("package.json", manifest);
    await rm(join(cwd, "tsconfig.json"));
    expect(await importsOf()).toBe("ts");
  });

  test("say what Node needs to run them where npm wrote that all is CommonJS", async () => {
    await put("package.json", '{ "name": "by-npm-init", "type": "commonjs" }\n');
    await rm(join(cwd, "tsconfig.json"), { force: true });
    const { out } = await init(["--yes"]);
    expect(out).toContain('Node runs the sources, once package.json says "type": "module": npm pkg set type=module)');
  });
});

test("a script of that name is kept, and what was not added is said", async () => {
  await put(
    "package.json",
    '{\n  "scripts": { "keyline:generate": "mine", "keyline:check": "keyline check && keyline generate --check" }\n}\n',
  );
  const { out } = await init();
  expect(out).toContain('scripts.keyline:generate  it is "mine"; not added: keyline generate\n');
  expect(out).toMatch(/^kept +package\.json scripts\.keyline:check +as it is$/m);
  expect(out).toContain("&& npx keyline generate\n");
  expect((await readManifest()).scripts["keyline:generate"]).toBe("mine");
});

test("what package.json asks for already is not in the command", async () => {
  const dependencies = { "@keyline/runtime": "0.1.0", "@keyline/kafkajs": "0.1.0" };
  await put("package.json", JSON.stringify({ dependencies, devDependencies: { "@keyline/cli": "0.1.0" } }));
  expect((await init()).out).toMatch(/^Next: npm run keyline:generate$/m);
  expect(await read("package.json")).toMatch(/"0\.1\.0"\},"scripts":\{"keyline:generate":"keyline generate",.*\}$/);
});

test("a new project is set up already", async () => {
  expect((await init(["fresh", "--yes"])).code).toBe(0);
  const after = await everything();
  const { code, out } = await init(["fresh", "--yes"]);
  expect(code).toBe(0);
  expect(out).toContain("nothing to add\n\nNext: cd fresh && npm run generate\n");
  expect(await everything()).toEqual(after);
});

test("--dry-run of a new project writes nothing", async () => {
  const { code, out } = await init(["fresh", "--yes", "--dry-run"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/dry run: nothing was written\n$/) });
  expect((await readdir(cwd)).sort()).toEqual(["package.json", "src", "tsconfig.json"]);
});

describe("is refused, and nothing is written", () => {
  const refused = async (args: readonly string[] = []) => {
    const before = await everything();
    const { code, out, log } = await init(args);
    expect(await everything()).toEqual(before);
    expect(out).toBe("");
    return `${code} ${log}`;
  };

  test("invalid JSON, and what is not a package.json", async () => {
    await mkdir(join(cwd, "a"));
    await put("a/package.json", '{ "name": "a", }');
    expect(await refused(["a"])).toMatch(/^1 error: .*a\/package\.json is not valid JSON: .*: nothing was written\n$/);
    await put("a/package.json", "[]");
    expect(await refused(["a"])).toContain("a/package.json is not a JSON object: nothing was written\n");
    await put("a/package.json", '{ "scripts": [] }');
    expect(await refused(["a"])).toContain('the field "scripts" is not an object');
    await put("a/package.json", '{ "scripts": { "a": "1" }, "scripts": { "b": "2" } }');
    expect(await refused(["a", "--yes"])).toContain("has the field scripts twice: leave one of them");
    await put("a/package.json", '{ "keyline": { "lay": 1 } }');
    expect(await refused(["a"])).toContain("keyline.lay is unknown");
    await rm(join(cwd, "a/package.json"));
    await mkdir(join(cwd, "a/package.json"));
    expect(await refused(["a"])).toContain("a/package.json is not a regular file");
  });

  test("a link, a read-only file", async () => {
    await mkdir(join(cwd, "linked"));
    await symlink(join(cwd, "package.json"), join(cwd, "linked/package.json"));
    expect(await refused(["linked"])).toMatch(/^1 error: .*linked\/package\.json is a symbolic link/);
    await chmod(join(cwd, "package.json"), 0o444);
    expect(await refused()).toMatch(/^1 error: .*package\.json is read-only: nothing was written\n$/);
  });

  test("the root of a monorepo", async () => {
    await put("package.json", '{ "workspaces": ["packages/*"] }');
    expect(await refused()).toContain("package.json is the root of a monorepo: name the folder of a package");
    await put("package.json", "{}");
    await put("pnpm-workspace.yaml", "packages: []\n");
    expect(await refused()).toContain("is the root of a monorepo");
    expect((await init(["package"])).code).toBe(0);
  });

  test("a folder of generated code with other files", async () => {
    await mkdir(join(cwd, "src/keyline"));
    await put("src/keyline/mine.ts", "export {};\n");
    expect(await refused()).toContain(
      "src/keyline has a file that was not generated, mine.ts; name another folder by --out",
    );
    expect((await init(["--out", "src/events"])).code).toBe(0);
    expect((await readManifest()).keyline.out).toBe("src/events");
    expect(await refused(["--out", "src/other"])).toContain("keyline.out is src/events, not src/other");
  });

  test("options that are for something else", async () => {
    expect(await refused(["--scope", "@a"])).toContain("2 error: --scope is for a new project");
    expect(await refused(["--key", "a"])).toContain("2 error: --key and --no-key are for an existing contract");
    expect(await refused(["new", "--out", "x"])).toContain("2 error: --out is for an existing project");
  });
});

test("in a git work tree, says which files had changes that are not committed", async () => {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd, stdio: "ignore" });
  git("init");
  git("add", ".");
  git("commit", "-m", "all", "--no-gpg-sign");
  expect((await init(["--dry-run"])).out).not.toContain("not committed");
  await put("package.json", manifest.replace("5.12.8", "5.12.7"));
  const { code, out } = await init();
  expect(code).toBe(0);
  expect(out).toContain("package.json had changes that are not committed: git diff shows both\n");
  expect(await read("package.json")).toContain("5.12.7");
});

describe("a failure in the middle", () => {
  const manifestNow = async () => ({ path: "package.json", content: "new", before: await read("package.json") });

  test("leaves nothing half: files that were added go, with their folders, and changed ones are as before", async () => {
    const all = await everything();
    await chmod(join(cwd, "package.json"), 0o640);
    const added = [{ path: "contract/deep/a.yaml", content: "a" }];
    const gone = { path: "gone.yaml", content: "x", before: "y" };
    await expect(applyChanges(cwd, { added, changed: [await manifestNow(), gone] })).rejects.toThrow(
      "nothing was written: ",
    );
    expect(await everything()).toEqual(all);
    expect((await readdir(cwd)).sort()).toEqual(["package.json", "src", "tsconfig.json"]);
    expect((await stat(join(cwd, "package.json"))).mode & 0o777).toBe(0o640);
  });

  test("neither overwrites what was created or changed meanwhile", async () => {
    const added = [
      { path: "first.yaml", content: "a" },
      { path: "src/server.ts", content: "b" },
    ];
    await expect(applyChanges(cwd, { added, changed: [] })).rejects.toThrow("EEXIST");
    const late = { ...(await manifestNow()), before: "other" };
    await expect(applyChanges(cwd, { added: [], changed: [late] })).rejects.toThrow("was changed meanwhile");
    expect(await read("src/server.ts")).toBe("export {};\n");
    expect(await read("package.json")).toBe(manifest);
    expect((await readdir(cwd)).sort()).toEqual(["package.json", "src", "tsconfig.json"]);
  });
});
