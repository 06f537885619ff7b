import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rules } from "@keyline/contract";
import { loadContractSource } from "@keyline/contract/source";
import { describe, expect, test } from "vitest";
import { type Comparison, compareContracts, diffRules } from "./index.js";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const pages = fileURLToPath(new URL("../../../docs/rules", import.meta.url));

async function load(path: string) {
  const { source, diagnostics } = await loadContractSource(path);
  if (source === null) throw new Error(JSON.stringify(diagnostics));
  return source;
}

const compare = async (id: string, name: string): Promise<Comparison> =>
  compareContracts(await load(`${fixtures}/${id}/before.yaml`), await load(`${fixtures}/${id}/${name}.yaml`));

/** What the first line of a bad fixture says: the place of the change, and changes that it brings about. */
function expected(path: string): readonly [place: string, others: readonly string[]] {
  const [, place = "", others = ""] = /^# expect (\d+:\d+)(?: and ([a-z-]+))?$/m.exec(readFileSync(path, "utf8")) ?? [];
  return [place, others === "" ? [] : [others]];
}

/** Changes of schemas: what they break can be shown by a value. */
const isOfSchema = /^(field|enum|constant|event-type|type|limit|pattern|format|branch|schema|fields)-/;

describe.each(diffRules)("$id", ({ id, verdict, breaks, safely }) => {
  test("the bad fixture changes this at the place that it names, and says what breaks", async () => {
    const { changes } = await compare(id, "bad");
    const [place, others] = expected(`${fixtures}/${id}/bad.yaml`);
    const [change, ...more] = changes.filter((one) => one.rule === id);
    expect(more).toEqual([]);
    expect(changes.filter((one) => one.rule !== id).map(({ rule }) => rule)).toEqual(others);
    expect(`${change?.position.line}:${change?.position.column}`).toBe(place);
    // What cannot be read cannot be decided either.
    expect(change).toMatchObject({ verdict, isDecided: id !== "opaque-changed" });
    if (verdict === "breaking") expect(change).toMatchObject({ breaks, safely });
    else expect(change).toMatchObject({ breaks: null, safely: null, counterexample: null });
    if (isOfSchema.test(id)) expect(change?.counterexample).not.toBeNull();
    expect(change?.message).not.toMatch(/\.$/);
  });

  test("the good fixture breaks nothing", async () => {
    const { changes } = await compare(id, "good");
    expect(changes.filter((one) => one.verdict === "breaking")).toEqual([]);
  });
});

test("no rule about changes has the id of a rule about contracts", () => {
  const ids = [...rules, ...diffRules].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("every rule has a page that says its title, and every page a rule", () => {
  // The generator's one rule has its page there too.
  const names = readdirSync(pages).filter((name) => name !== "README.md");
  expect(names.sort()).toEqual([...rules, ...diffRules].map(({ id }) => `${id}.md`).sort());
  for (const { id, title } of [...rules, ...diffRules])
    expect(readFileSync(`${pages}/${id}.md`, "utf8").toLowerCase()).toContain(`**${title.toLowerCase()}.**`);
});

test("the list of rules names every page", () => {
  const list = readFileSync(`${pages}/README.md`, "utf8");
  for (const { id } of diffRules) expect(list).toContain(`[${id}](${id}.md)`);
});

test("every fixture has a rule", () => {
  expect(readdirSync(fixtures).sort()).toEqual(diffRules.map(({ id }) => id).sort());
});
