import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { rules } from "@keyline/contract";
import { diffRules } from "@keyline/contract-diff";
import { clusterKinds, recordKinds } from "@keyline/proof";
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

test("an id that several commands print has all of its pages printed, each but the first behind a line with its command", async () => {
  const all = (await explainedIds()).map(({ id }) => id);
  expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual(["schema-invalid"]);
  const io = createTestIo(root);
  expect(await main(["explain", "schema-invalid"], io)).toBe(0);
  const [rule, finding] = io.written.out.split("\n---\n\nschema-invalid as keyline audit prints it:\n\n");
  const page = (folder: string) => readFileSync(join(root, "docs", folder, "schema-invalid.md"), "utf8");
  expect([rule, finding]).toEqual([page("rules"), page("findings")]);
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
