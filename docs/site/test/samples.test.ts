import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesBelow = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending) && !path.includes("node_modules"))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`);

/** The pages that people read. What was generated is left out, and decisions, which stay as they were taken. */
const pages = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...filesBelow("docs", ".md").filter((path) => !/^docs\/(adr|site|images)\//.test(path)),
  ...readdirSync(join(root, "packages"))
    .filter((name) => !["events", "producer", "consumer"].includes(name))
    .map((name) => `packages/${name}/README.md`)
    .filter((path) => existsSync(join(root, path))),
  ...filesBelow("examples", ".md"),
];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** The line above it. */
  readonly above: string;
}

function blocksOf(page: string, content: string): readonly Block[] {
  return [...content.matchAll(/^( *)```(\w*).*\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = "", language = "", text = ""], index, all) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      above: content.slice(0, all[index]?.index).trimEnd().split("\n").at(-1) ?? "",
    }),
  );
}

const blocks = pages.flatMap((page) => blocksOf(page, read(page)));

/** The tests that play the commands of pages. */
const playing = filesBelow("packages/cli/test", ".test.ts")
  .map(read)
  .filter((text) => text.includes("playGuide("));

/** Runs the code of pages that says what it prints. */
const running = read("tests/conformance/test/readme.test.ts");

/** Code that says what it prints: in a comment behind the call, or in the line below it. */
const saysOutput = /console\.(?:log|error)\(.*\);(?: |\n *)\/\/ /;

/** Why nothing keeps a sample true; null where something does. */
function unkept({ page, language, text, above }: Block): string | null {
  if (language === "console") {
    return playing.some((one) => one.includes(page)) ? null : "no test plays the commands of this page";
  }
  if (language === "ts" && saysOutput.test(text))
    return running.includes(page) ? null : "tests/conformance/test/readme.test.ts does not run the code of this page";
  if (language !== "" && language !== "text") return null;
  if (/^<!-- by hand: .+ -->$/.test(above)) return null;
  const [, maker] = /^<!-- made by (\S+\.test\.ts) -->$/.exec(above) ?? [];
  if (maker === undefined) return 'write "<!-- made by TEST -->" or "<!-- by hand: REASON -->" above it';
  return read(maker).includes(page) ? null : `${maker} does not read this page`;
}

test("each sample of output is made by a run that a test compares, or says why it is not", () => {
  const found = blocks.flatMap((block) => {
    const why = unkept(block);
    return why === null ? [] : [`${block.page}: ${block.text.split("\n")[0]}: ${why}`];
  });
  expect(found).toEqual([]);
});

test("a sample that nothing keeps is seen", () => {
  const page = "docs/guides/nowhere.md";
  const seen = (content: string) => blocksOf(page, content).map(unkept);
  const sample = "```\n1 event\n```\n";
  expect(seen(`${sample}\n\`\`\`console\n$ keyline audit\n\`\`\`\n\n\`\`\`sh\nnpm ci\n\`\`\`\n`)).toEqual([
    expect.stringContaining("above it"),
    "no test plays the commands of this page",
    null,
  ]);
  expect(seen(`<!-- by hand: a drawing -->\n\n${sample}`)).toEqual([null]);
  const code = (line: string) => seen(`\`\`\`ts\n${line}\n\`\`\`\n`);
  expect(code("console.log(1); // 1")).toEqual([expect.stringContaining("does not run")]);
  expect(code("  console.error(two);\n  // 2")).toEqual([expect.stringContaining("does not run")]);
  expect(code("console.log(1);\nawait consumer.close(); // at the end")).toEqual([null]);
  expect(seen(`<!-- made by packages/cli/test/init.test.ts -->\n\n${sample}`)).toEqual([
    expect.stringContaining("does not read this page"),
  ]);
});

const commands =
  /^(npm|npx|node|keyline|cd|curl|export|esbuild|git|kafka-[a-z-]+\.sh|\/tmp\/keyline\/\S+|[A-Z_]+=\S+) ?|^#|^ {2}|^$/;

/** What is not a whole block of its language: a tool that wraps prose may join the lines of code too. */
function brokenPart({ language, text }: Block): string | null {
  if (language === "yaml") return parseAllDocuments(text).flatMap(({ errors }) => errors)[0]?.message ?? null;
  if (language === "json") {
    try {
      JSON.parse(/^\s*[[{]/.test(text) ? text : `{${text}}`);
    } catch (error) {
      return String(error);
    }
  }
  if (language !== "sh") return null;
  return (
    text.split("\n").find((line) => !commands.test(line) || /\s#.* (npx|npm ci|keyline [a-z-]+ \S)/.test(line)) ?? null
  );
}

// One page shows what is not YAML.
const isWhole = (block: Block) => block.page === "docs/rules/yaml-syntax.md" || brokenPart(block) === null;

test("every block of YAML, JSON and shell commands is whole", () => {
  const found = blocks.filter((block) => !isWhole(block)).map((block) => `${block.page}: ${brokenPart(block)}`);
  expect(found).toEqual([]);
});

test("blocks whose lines were joined are seen", () => {
  const joined = (language: string, text: string) => isWhole({ page: "a.md", language, text, above: "" });
  expect(joined("sh", "npm ci\nnpm test # all\n")).toBe(true);
  expect(joined("sh", "npx @keyline/cli init a   # a new project npx @keyline/cli init\n")).toBe(false);
  expect(joined("sh", "keyline parked list  # the keys\nothers keyline parked replay\n")).toBe(false);
  expect(joined("yaml", "a:\n  b: 1 # it\n")).toBe(true);
  expect(joined("yaml", "apiVersion: apps/v1 kind: Deployment metadata: { name: mailer }\n")).toBe(false);
});
