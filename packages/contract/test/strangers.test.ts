// What a contract of a stranger may do to the machine that checks it, a pull request in CI, say: read no other file, name
// nothing of one, and come to an end.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContractReader, loadContract } from "../src/index.js";
import { loadContractSource } from "../src/source.js";
import { inline, oneMessage } from "./inline.js";

const secret = "PASSWORD=swordfish";

let base = "";
let folder = "";

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "keyline-strangers-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

let number = 0;
beforeEach(async () => {
  // base/outside beside a repository base/N with the contract in base/N/contracts
  number += 1;
  folder = join(base, String(number), "contracts");
  await mkdir(join(base, "outside"), { recursive: true });
  await mkdir(join(base, String(number), ".git"), { recursive: true });
  await mkdir(folder);
  await writeFile(join(base, "outside", "secret.env"), `${secret}\n`);
  await writeFile(join(base, "outside", "schema.yaml"), "type: string\n");
});

const payloadOf = (ref: string) => oneMessage(`{ payload: { $ref: ${JSON.stringify(ref)} } }`);

const load = async (ref: string, allowRefs: readonly string[] = []) => {
  const file = join(folder, "asyncapi.yaml");
  await writeFile(file, payloadOf(ref));
  const readFile = createContractReader({ file, allowRefs });
  const { contract, diagnostics } = await loadContract(file, { readFile });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return { contract, errors, rules: errors.map(({ rule }) => rule), text: JSON.stringify(diagnostics) };
};

describe("a $ref", () => {
  const outside = {
    "by its way up": () => "../../outside/secret.env",
    "by an absolute path": () => join(base, "outside", "secret.env"),
    "by a file: URL": () => `file://${join(base, "outside", "secret.env")}`,
    "by way of a link": async () => {
      await symlink(join(base, "outside", "secret.env"), join(folder, "link.yaml"));
      return "link.yaml";
    },
    "by way of a linked folder": async () => {
      await symlink(join(base, "outside"), join(folder, "linked"));
      return "linked/secret.env";
    },
    "to a device": () => "/dev/zero",
  };

  test.each(Object.entries(outside))("out of the repository is refused: %s", async (_, make) => {
    const { rules, text } = await load(await make());
    expect(rules).toEqual(["ref-outside"]);
    expect(text).not.toContain("swordfish");
  });

  test("out of the repository is refused where contracts are compared, too", async () => {
    const file = join(folder, "asyncapi.yaml");
    await writeFile(file, payloadOf("../../outside/schema.yaml"));
    const { source } = await loadContractSource(file);
    expect(JSON.stringify(source?.contract.channels[0]?.messages)).not.toContain('"string"');
  });

  test("stays in the repository, not in its folder .git, where a checkout keeps a token", async () => {
    await writeFile(join(folder, "..", "shared.yaml"), "type: string\n");
    await writeFile(join(folder, "..", ".git", "config"), `[http] ${secret}\n`);
    expect((await load("../shared.yaml")).rules).toEqual([]);
    const { rules, text } = await load("../.git/config");
    expect(rules).toEqual(["ref-outside"]);
    expect(text).not.toContain("swordfish");
  });

  test("stays in the contract's folder where there is no repository", async () => {
    await rm(join(folder, "..", ".git"), { recursive: true });
    await writeFile(join(folder, "..", "shared.yaml"), "type: string\n");
    await writeFile(join(folder, "own.yaml"), "type: string\n");
    expect((await load("../shared.yaml")).rules).toEqual(["ref-outside"]);
    expect((await load("own.yaml")).rules).toEqual([]);
  });

  test("leads out of it where that folder is opened", async () => {
    expect((await load("../../outside/schema.yaml", [join(base, "outside")])).rules).toEqual([]);
    expect((await load("../../outside/schema.yaml", [folder])).rules).toEqual(["ref-outside"]);
  });

  test("to a FIFO, a folder or a large file is refused at once", async () => {
    execFileSync("mkfifo", [join(folder, "fifo.yaml")]);
    await mkdir(join(folder, "folder.yaml"));
    await writeFile(join(folder, "large.yaml"), "");
    await truncate(join(folder, "large.yaml"), 2 ** 40);
    const messages = [];
    for (const name of ["fifo", "folder", "large"]) messages.push((await load(`${name}.yaml`)).errors[0]?.message);
    expect(messages).toEqual([
      expect.stringContaining("it is not a regular file"),
      expect.stringContaining("it is a directory"),
      expect.stringContaining("it has more than 8 MB"),
    ]);
  });

  test("to many files is refused where they are large together", async () => {
    const padding = `# ${"x".repeat(3_000_000)}\n`;
    const properties = ["a", "b", "c"].map((name) => `${name}: { $ref: ${name}.yaml }`).join(", ");
    for (const name of ["a", "b", "c"]) await writeFile(join(folder, `${name}.yaml`), `${padding}type: string\n`);
    await writeFile(join(folder, "all.yaml"), `properties: { ${properties} }\n`);
    const { errors } = await load("all.yaml");
    expect(errors[0]?.message).toContain("with it the contract's files have more than 8 MB");
  });
});

test("the contract itself keeps the same bounds", async () => {
  const file = join(folder, "asyncapi.yaml");
  await symlink(join(base, "outside", "secret.env"), file);
  const { diagnostics } = await loadContract(file);
  expect(diagnostics).toMatchObject([{ rule: "file-unreadable", line: 1 }]);
  expect(JSON.stringify(diagnostics)).not.toContain("swordfish");
});

describe("what stands in the place of a schema", () => {
  test.each([
    ["a text", secret, "a string"],
    ["a number", "42", "a number"],
    ["a list", "- type: string", "a list"],
    ["nothing", "", "nothing"],
  ])("is told by its place alone: %s", async (_, content, kind) => {
    await writeFile(join(folder, "other.yaml"), content);
    const { errors, text } = await load("other.yaml");
    expect(errors).toMatchObject([
      { rule: "schema-invalid", line: 3, message: `not a valid JSON Schema: $ref "other.yaml" leads to ${kind}` },
    ]);
    expect(text).not.toContain("swordfish");
  });

  test("is told where it stands in another file", async () => {
    await writeFile(join(folder, "other.yaml"), "type: object\nproperties:\n  a: swordfish\n");
    const { errors, text } = await load("other.yaml");
    expect(errors).toContainEqual(
      expect.objectContaining({ rule: "schema-invalid", file: join(folder, "other.yaml"), line: 3, column: 6 }),
    );
    expect(text).not.toContain("swordfish");
  });
});

describe("a document that grows when its references are written out", () => {
  const chain = (length: number, link: (next: object) => object, last: object) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `S${index}`,
        index === length - 1 ? last : link({ $ref: `#/components/schemas/S${index + 1}` }),
      ]),
    );
  const document = (schemas: object) =>
    oneMessage(
      '{ payload: { $ref: "#/components/schemas/S0" }, examples: [{ payload: 1 }] }',
      `components: { schemas: ${JSON.stringify(schemas)} }`,
    );
  const both = (next: object) => ({ allOf: [next, next] });
  const fields = (next: object) => ({ properties: { left: next, right: next } });

  test.each([
    ["by allOf", chain(26, both, {})],
    ["by allOf, in a circle", chain(26, both, { properties: { again: { $ref: "#/components/schemas/S0" } } })],
    ["by fields", chain(26, fields, {})],
  ])("is refused %s, at its place", async (_, schemas) => {
    const { diagnostics } = await inline(document(schemas));
    expect(diagnostics).toMatchObject([{ rule: "ref-expansion", file: "main.yaml", line: 4 }]);
  });

  test("is not one where schemas refer to each other in circles", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `S${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/schemas/${name}` }]));
    const schemas = Object.fromEntries(names.map((name) => [name, { type: "object", properties }]));
    expect((await inline(document(schemas))).broken).not.toContain("ref-expansion");
  });
});

describe("maps with more names than AsyncAPI's parser reads in time", () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `n${n}: ${n}`);
  const behind = (text: string) =>
    inline(oneMessage('{ payload: { $ref: "other.yaml#/schema" } }'), {
      "other.yaml": `schema: { type: object }\n${text}\n`,
    });

  test.each([
    ["one of them", `x-large:\n  ${names(30_000).join("\n  ")}`],
    ["one of them, as JSON", `x-large: {${names(30_000).join(", ")}}`],
    [
      "many together",
      names(60)
        .map((_, n) => `x-${n}: {${names(1000).join(", ")}}`)
        .join("\n"),
    ],
  ])("are refused at their place in a file behind a $ref, before they are read: %s", async (_, large) => {
    const started = process.cpuUsage();
    const { broken, diagnostics } = await behind(large);
    expect(broken).toEqual(["yaml-syntax"]);
    const found = diagnostics.find(({ rule }) => rule === "yaml-syntax");
    expect(found).toMatchObject({ severity: "error", file: "other.yaml" });
    expect(found?.message).toContain("too many names");
    expect(found?.fix).toContain("over several files");
    expect(process.cpuUsage(started).user).toBeLessThan(4_000_000);
  });

  test("are read where they are as large as may be, and in the contract's own file, which is read once, whatever they are", async () => {
    expect((await behind(`x-large: {${names(3000).join(", ")}}`)).broken).not.toContain("yaml-syntax");
    expect((await inline(oneMessage("{}", `x-large: {${names(30_000).join(", ")}}`))).broken).not.toContain(
      "yaml-syntax",
    );
  });
});

test("an example that takes exponential time is told, and so is its pattern", async () => {
  const slow = `{ payload: { pattern: "^(a+)+$" }, examples: [{ payload: "${"a".repeat(60)}!" }, { payload: a }] }`;
  const { diagnostics, broken } = await inline(oneMessage(slow));
  expect(broken.toSorted()).toEqual(["example-invalid", "pattern-exponential"]);
  expect(diagnostics.map(({ message }) => message).join()).toContain("cannot be judged");
  // It is judged for five seconds of the processor's time, which a busy machine has not within a minute.
}, 300_000);
