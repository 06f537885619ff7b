import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { rules } from "@keyline/contract";
import { diffRules } from "@keyline/contract-diff";
import { clusterKinds, type KindRule, recordKinds } from "@keyline/proof";
import { errorCodes } from "@keyline/runtime";
import { expect, test } from "vitest";
import { doctorChecks } from "../src/doctor/check-result.js";
import { explainedIds } from "../src/explain/ids.js";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { traceMarks } from "../src/trace/history.js";

const root = join(import.meta.dirname, "../../..");
const sources = globSync("packages/{cli,codegen,contract}/src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts"] });
const text = sources.map((path) => readFileSync(join(root, path), "utf8")).join("\n");

/** Ids as the sources write them: those of diagnostics, checks and marks. */
const written = [...text.matchAll(/rule: "([a-z-]+)"|"((?:doctor|trace)-[a-z-]+)"/g)].flatMap(
  ([, a, b]) => a ?? b ?? [],
);
const ids = new Set([
  ...[
    [...rules, ...diffRules].map(({ id }) => id),
    Object.keys(errorCodes),
    Object.keys(doctorChecks),
    Object.keys(traceMarks),
  ].flat(),
  ...Object.keys({ ...recordKinds, ...clusterKinds }),
  ...written,
]);

test.each([...ids])("keyline explain %s prints its page", async (id) => {
  const io = createTestIo(root);
  expect(await main(["explain", id], io)).toBe(0);
  expect(io.written.out).toMatch(new RegExp(`^# ${id}\n\n\\*\\*\\w`));
  expect(io.written.out).toMatch(/^## (What to do|How to fix it)$/m);
});

test("after the page of an id come those of ids with the same words, each behind a line with its command", async () => {
  const all = (await explainedIds()).map(({ id }) => id);
  expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
  const io = createTestIo(root);
  expect(await main(["explain", "key-mismatch"], io)).toBe(0);
  const parts = io.written.out.split("\n---\n\nkey_mismatch as the SDK prints it:\n\n");
  expect(parts).toEqual(
    ["findings/key-mismatch.md", "errors/key_mismatch.md"].map((path) =>
      readFileSync(join(root, "docs", path), "utf8"),
    ),
  );
});

test("an alert is explained by its section, as its rule says, and the run-book by its page", async () => {
  const rulesFile = readFileSync(join(root, "packages/ops/files/prometheus-rules.yaml"), "utf8");
  const told = [...rulesFile.matchAll(/runbook: npx keyline explain (\w+)/g)].flatMap(([, name]) => name ?? []);
  expect(told).toHaveLength(rulesFile.match(/- alert: /g)?.length ?? 0);
  for (const name of told) {
    const io = createTestIo(root);
    expect(await main(["explain", name], io)).toBe(0);
    expect(io.written.out).toMatch(new RegExp(`^# ${name}\n\n\\*\\*What it means`));
    expect(io.written.out.match(/What to do/g)).toHaveLength(1);
  }
  const io = createTestIo(root);
  expect(await main(["explain", "failed-events"], io)).toBe(0);
  expect(io.written.out).toBe(readFileSync(join(root, "docs/operations/failed-events.md"), "utf8"));
});

test("every page explains an id", () => {
  expect(written).toContain("schema-unsupported");
  const pages = globSync("docs/{rules,errors,checks,findings}/*.md", { cwd: root }).map((path) =>
    basename(path, ".md"),
  );
  expect(pages.filter((page) => page !== "README" && !ids.has(page))).toEqual([]);
});

const kinds = Object.entries<KindRule>({ ...recordKinds, ...clusterKinds });
const titled = (title: string) => title.charAt(0).toUpperCase() + title.slice(1);

/** What the page of a finding begins with, from its table. */
function headOf([id, { promise, severity, title }]: (typeof kinds)[number]): string {
  const about = promise === null ? "" : `, about promise ${promise}`;
  const exit = severity === "note" ? ": it does not change the exit code" : "";
  return `# ${id}\n\n**${titled(title)}.** A ${severity} of \`keyline audit\`${about}${exit}.\n`;
}

test("the pages of findings begin as their table says, and so does each row of their list; UPDATE_GUIDES=1 writes them", () => {
  for (const kind of kinds) {
    const file = join(root, `docs/findings/${kind[0]}.md`);
    const page = readFileSync(file, "utf8");
    const made = page.replace(/^# .+\n\n[\s\S]*?\n(?=\n)/, () => headOf(kind));
    if (process.env.UPDATE_GUIDES === "1") writeFileSync(file, made);
    else expect(page).toBe(made);
  }
  const list = readFileSync(join(root, "docs/findings/README.md"), "utf8");
  const rows = [...list.matchAll(/^\| \[([\w-]+)\]\(\1\.md\) +\| (P\d+)? +\| (\w+) +\| (.+?) +\|$/gm)];
  expect(rows.map(([, id, promise, severity, title]) => [id, promise ?? null, severity, title])).toEqual(
    kinds.map(([id, { promise, severity, title }]) => [id, promise, severity, title]),
  );
});

test("the page of each error code begins with what its table says of it", () => {
  for (const [code, says] of Object.entries(errorCodes)) {
    const page = readFileSync(join(root, `docs/errors/${code}.md`), "utf8");
    const [what = ""] = says.split(": ");
    expect(page.replaceAll("\n", " ")).toContain(`# ${code}  **${titled(what)}.** An error code of the runtime.`);
  }
});
