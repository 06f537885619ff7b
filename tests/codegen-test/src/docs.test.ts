import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Docs, docsFiles, generateDocs } from "@keyline/codegen";
import { loadContract } from "@keyline/contract";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { features } from "./contracts/features.js";
import { hostileContract } from "./contracts/hostile.js";
import { compile, type Generated, layOut } from "./kit/compile.js";
import { contractOf, filesOf } from "./kit/generated.js";
import { load } from "./kit/load.js";

const studentFile = fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url));

async function studentContract() {
  const { contract } = await loadContract(studentFile);
  if (contract === null) throw new Error("the student contract has errors");
  return contract;
}

const docsOf = async (yaml: string, scope: string) => generateDocs(await contractOf(yaml), { scope });

/** Features whose pages differ in kind. */
const shown = [
  "envelope",
  "several-messages",
  "unkeyed-with-parameters",
  "open-and-unions",
  "recursive-schemas",
  "no-channels",
  "left-out",
];

for (const { name, yaml } of features.filter((feature) => shown.includes(feature.name))) {
  test(`${name}: the pages are those that were reviewed`, async () => {
    const files = docsFiles(await docsOf(yaml, `@${name}`));
    const text = files.map(({ path, content }) => `======== ${path}\n${content}`).join("\n");
    await expect(text).toMatchFileSnapshot(`../golden/docs/${name}.txt`);
  });
}

test("the same contract gives the same pages, also when it was stored and read back", async () => {
  const contract = await studentContract();
  const copy = JSON.parse(JSON.stringify(contract)) as typeof contract;
  expect(generateDocs(copy, { scope: "@a" })).toEqual(generateDocs(contract, { scope: "@a" }));
});

/** Code blocks of a language, whatever their fences' length. */
const blocks = ({ pages }: Docs, language: string): readonly string[] =>
  pages.flatMap(({ body }) =>
    [...body.matchAll(new RegExp(`^(\`{3,})${language}\\n([\\s\\S]*?)^\\1$`, "gm"))].map(([, , text = ""]) => text),
  );

test("every snippet compiles: of each feature, of the student contract, of a hostile one", async () => {
  const contracts = [
    ...(await Promise.all(
      features.map(async ({ name, yaml }) => ({ scope: `@${name}`, contract: await contractOf(yaml) })),
    )),
    { scope: "@student-events", contract: await studentContract() },
    { scope: "@hostile", contract: hostileContract },
  ];
  const packages: readonly Generated[] = contracts.map(({ scope, contract }) => ({
    scope,
    files: filesOf(contract, scope),
  }));
  const root = await layOut("docs", packages);
  const modules = contracts.flatMap(({ scope, contract }) =>
    blocks(generateDocs(contract, { scope }), "ts").map((text, index) => ({
      file: join(root, scope, `snippets/${index}.ts`),
      text,
    })),
  );
  for (const { file, text } of modules) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  expect(modules.length).toBeGreaterThan(80);
  expect(
    await compile(
      root,
      packages,
      modules.map(({ file }) => file),
    ),
  ).toEqual([]);
}, 120_000);

test("a schema that is downloaded stands for itself and accepts the message's examples", async () => {
  const contract = await studentContract();
  const { files } = generateDocs(contract, { scope: "@a" });
  const examples = contract.channels.flatMap(({ messages }) => messages);
  const schemas = files.filter(({ path }) => path.startsWith("schemas/"));
  expect(schemas).toHaveLength(examples.length);
  for (const { content } of schemas) {
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    const schema = JSON.parse(content) as { title: string };
    const validate = ajv.compile(schema);
    const message = examples.find(({ title }) => title === schema.title);
    expect(message?.examples.length).toBeGreaterThan(0);
    for (const { payload } of message?.examples ?? [])
      expect(validate(payload), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({})).toBe(false);
  }
});

test("the schema of a recursive contract compiles too", async () => {
  for (const { yaml } of features) {
    for (const { path, content } of (await docsOf(yaml, "@a")).files.filter((file) => file.path.endsWith(".json"))) {
      const ajv = new Ajv({ strict: false });
      addFormats.default(ajv);
      expect(() => ajv.compile(JSON.parse(content) as object), path).not.toThrow();
    }
  }
});

test("the record on a page is the one that the generated producer writes", async () => {
  const contract = await studentContract();
  const scope = "@student-record";
  const root = await layOut("record", [{ scope, files: filesOf(contract, scope) }]);
  const { createProducer } = (await load(root, { scope }, "producer")) as {
    createProducer: (options: object) => Record<string, (event: unknown) => Promise<{ partition: number }>> & {
      close(): Promise<void>;
    };
  };
  const cluster = createMemoryCluster();
  for (const { address } of contract.channels) cluster.createTopic(address, { partitions: 12 });
  const producer = createProducer({ transport: cluster.transport(), source: "sandbox" });
  const message = contract.channels.flatMap(({ messages }) => messages).find(({ name }) => name === "codeExecuted");
  const { partition } = (await producer.codeExecuted?.(message?.examples[0]?.payload)) ?? { partition: -1 };
  await producer.close();
  const [record] = cluster.records("code.executed", partition);
  const page = generateDocs(contract, { scope }).pages.find(({ path }) => path === "messages/code-executed.md");
  const section = page?.body.slice(page.body.indexOf("## On Kafka")) ?? "";
  const [, value = ""] = /^```json\n([\s\S]*?)^```$/m.exec(section) ?? [];
  const written = JSON.parse(Buffer.from(record?.value ?? []).toString()) as { traceparent: string };
  const onPage = JSON.parse(value) as { traceparent: string };
  expect(section).toContain(
    `has the key \`${Buffer.from(record?.key ?? []).toString()}\`, on partition ${partition} of 12.`,
  );
  expect({ ...onPage, traceparent: written.traceparent }).toEqual(written);
  const names = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  // The first event of a key comes after nothing, and this one is part of no trace.
  const seldom = ["keyline-after", "traceparent"];
  expect(names.filter((name = "") => !seldom.includes(name)).slice(0, 3)).toEqual(
    record?.headers.map(([name]) => name),
  );
});

test("a hostile contract's pages hold its text as text", async () => {
  const { pages, files } = generateDocs(hostileContract, { scope: "@hostile" });
  expect(pages.length).toBeGreaterThan(60);
  for (const { path, body, title } of pages) {
    expect(path).toMatch(/^([a-z]+\/)?[A-Za-z0-9-]+\.md$/);
    expect(title).not.toMatch(/[\n\r\u2028]/);
    const outside = body.replaceAll(/^(`{3,})\w+\n[\s\S]*?^\1$/gm, "").replaceAll(/(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    const tags = [...outside.matchAll(/(?<!\\)<\/?([a-z]+)/gi)].map(([, tag]) => tag);
    expect(
      [...new Set(tags)].filter((tag) => !["dl", "div", "dt", "dd", "code", "a", "small", "br"].includes(tag ?? "")),
    ).toEqual([]);
  }
  const drawing = files.find(({ path }) => path === "map.svg")?.content ?? "";
  expect(drawing).not.toMatch(/<script|\son\w+=/i);
  expect(drawing.match(/<svg /g)).toHaveLength(1);
});

test("what the command writes begins with its title", async () => {
  const readme = docsFiles(generateDocs(await studentContract(), { scope: "@a" })).find(
    ({ path }) => path === "README.md",
  );
  expect(readme?.content).toMatch(/^# Student events\n\n/);
  await expect(readFile(studentFile, "utf8")).resolves.toContain("Student events");
});
