import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type LoadResult, loadContract, rules } from "../index.js";

const fixtures = fileURLToPath(new URL("../../fixtures/rules", import.meta.url));
const pages = fileURLToPath(new URL("../../../../docs/rules", import.meta.url));

/** The place that a bad fixture names in its first line; a file that is missing has no lines. */
const expectedPlace = (path: string): readonly [number, number] => {
  if (!existsSync(path)) return [1, 1];
  const [, line, column] = /^# expect (\d+):(\d+)/.exec(readFileSync(path, "utf8")) ?? [];
  return [Number(line), Number(column)];
};

/** What the official parser finds carries its own code. */
const ruleId = (rule: string) => rule.replace(/^asyncapi\/.*/, "asyncapi");

describe.each(rules)("$id", ({ id, severity }) => {
  const bad = `${fixtures}/${id}/bad.yaml`;
  let result: LoadResult;
  beforeAll(async () => {
    result = await loadContract(bad);
  });

  test("the bad fixture breaks this rule alone, at the place that it names", () => {
    const found = result.diagnostics.map((one) => [ruleId(one.rule), one.severity, one.file, one.line, one.column]);
    expect(found).toEqual([[id, severity, bad, ...expectedPlace(bad)]]);
    expect(result.contract === null).toBe(severity === "error");
  });

  test("the good fixture breaks no rule", async () => {
    const { contract, diagnostics } = await loadContract(`${fixtures}/${id}/good.yaml`);
    expect(diagnostics).toEqual([]);
    expect(contract).not.toBeNull();
  });

  test("what our own rules report says what to do", () => {
    for (const { rule, fix, message } of result.diagnostics) {
      if (rule === id) expect(fix).toMatch(/\w/);
      expect(message).not.toMatch(/\.$/);
    }
  });
});

test("every rule has a page", () => {
  expect(readdirSync(pages)).toEqual(expect.arrayContaining(rules.map(({ id }) => `${id}.md`)));
});

test("every rule's page says its title", () => {
  for (const { id, title } of rules) {
    expect(readFileSync(`${pages}/${id}.md`, "utf8").toLowerCase()).toContain(`**${title.toLowerCase()}.**`);
  }
});
