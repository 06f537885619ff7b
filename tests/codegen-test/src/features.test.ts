import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { features } from "./contracts/features.js";
import { compile, layOut } from "./kit/compile.js";
import { contractOf, filesOf, generated } from "./kit/generated.js";
import { snippetModule } from "./kit/snippets.js";

const scopeOf = (name: string) => `@${name}`;

const golden = (files: Awaited<ReturnType<typeof generated>>) =>
  files
    .filter(({ path }) => !path.endsWith("tsconfig.json"))
    .map(({ path, content }) => `======== ${path}\n${content}`)
    .join("\n");

for (const { name, yaml } of features) {
  test(`${name}: the generated files are those that were reviewed`, async () => {
    const files = await generated(yaml, scopeOf(name));
    await expect(golden(files)).toMatchFileSnapshot(`../golden/${name}.txt`);
  });

  test(`${name}: a contract that was stored and read back gives the same bytes`, async () => {
    const contract = await contractOf(yaml);
    const copy = JSON.parse(JSON.stringify(contract)) as typeof contract;
    expect(filesOf(copy, scopeOf(name))).toEqual(filesOf(contract, scopeOf(name)));
  });
}

test("what all features generate compiles under the strictest flags, and so do the snippets of the READMEs", async () => {
  const packages = await Promise.all(
    features.map(async ({ name, yaml }) => ({ scope: scopeOf(name), files: await generated(yaml, scopeOf(name)) })),
  );
  const root = await layOut("features", packages);
  const snippets = packages.map((one) => ({ file: join(root, one.scope, "snippets.ts"), text: snippetModule(one) }));
  for (const { file, text } of snippets) await writeFile(file, text);
  expect(
    await compile(
      root,
      packages,
      snippets.map(({ file }) => file),
    ),
  ).toEqual([]);
}, 120_000);
