import { docsFiles, generateDocs } from "@keyline/codegen";
import type { Contract, Json } from "@keyline/contract";
import { loadContractSource } from "@keyline/contract/source";
import { compareContracts } from "@keyline/contract-diff";
import { rewriteRefs } from "@keyline/json-schema";
import { createRandom } from "@keyline/runtime/testing";
import { expect, test } from "vitest";
import { agree, tally } from "./conformance/agree.js";
import type { NamedSchemas } from "./conformance/evaluate.js";
import { goodValue } from "./conformance/good-values.js";
import { mutate } from "./conformance/mutate.js";
import { compile, layOut } from "./kit/compile.js";
import { attempt, corpus, describe, fileOf, scopeOf, type Tried } from "./kit/corpus.js";

const tried: readonly Tried[] = await Promise.all(corpus.map(attempt));
const loaded = tried.flatMap(({ name, contract }) => (contract === null ? [] : [{ name, contract }]));

for (const one of tried) {
  test(`${one.name}: what comes of it is what is wanted, and was reviewed`, async () => {
    expect(one.outcome).toBe(one.wanted);
    await expect(describe(one)).toMatchFileSnapshot(`../golden/corpus/${one.name}.txt`);
  });
}

test("all that is generated compiles", async () => {
  const packages = tried
    .filter(({ outcome }) => outcome === "works" || outcome === "partly")
    .map(({ name, files }) => ({ scope: scopeOf(name), files }));
  expect(packages.every(({ files }) => files.length > 0)).toBe(true);
  expect(await compile(await layOut("corpus", packages), packages)).toEqual([]);
}, 240_000);

test("each has pages", () => {
  for (const { name, contract } of loaded) {
    const { pages } = generateDocs(contract, { scope: scopeOf(name) });
    expect(pages.length, name).toBeGreaterThan(contract.channels.length);
    expect(docsFiles(generateDocs(contract, { scope: scopeOf(name) })).length, name).toBeGreaterThan(0);
  }
});

test("each is unchanged against itself", async () => {
  for (const { name } of loaded) {
    const { source } = await loadContractSource(fileOf(name));
    if (source === null) throw new Error(`${name} cannot be read for a comparison`);
    expect(compareContracts(source, source).changes, name).toEqual([]);
  }
});

/** Schemas under names that stay themselves in code. */
function renamed({ schemas }: Contract): { readonly named: NamedSchemas; readonly to: (name: string) => string } {
  const names = new Map(schemas.map(({ name }, index) => [name, `Shared${index}`]));
  const to = (name: string) => `#/schemas/${names.get(name)}`;
  return {
    named: Object.fromEntries(schemas.map(({ name, schema }) => [names.get(name), rewriteRefs(schema, to)])),
    to,
  };
}

test("generated code agrees with ajv on the examples of each message, on values that fit, and on changes of both", () => {
  const before = tally.compared;
  for (const { contract } of loaded) {
    const { named, to } = renamed(contract);
    for (const [index, { payload, examples }] of contract.channels.flatMap(({ messages }) => messages).entries()) {
      const schemas = { ...named, Main: rewriteRefs(payload, to) };
      const random = createRandom(index);
      const given = examples.flatMap((example): Json[] => (example.payload === undefined ? [] : [example.payload]));
      const good = Array.from({ length: 20 }, () => goodValue(schemas.Main, { named: schemas, random, depth: 0 }));
      const base = [...given, ...good];
      agree(schemas, [...base, ...base.flatMap((value) => [mutate(value, random), mutate(value, random)])]);
    }
  }
  expect(tally.compared - before).toBeGreaterThan(loaded.length * 40);
}, 240_000);
