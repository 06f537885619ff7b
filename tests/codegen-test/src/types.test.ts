import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { features } from "./contracts/features.js";
import { compile, layOut } from "./kit/compile.js";
import { generated } from "./kit/generated.js";

const used = new Set(["envelope", "several-messages", "unkeyed-with-parameters", "open-and-unions"]);

test("what a writer or reader may not do is a compile error, and what they may do is none", async () => {
  const packages = await Promise.all(
    features
      .filter(({ name }) => used.has(name))
      .map(async ({ name, yaml }) => ({ scope: `@${name}`, files: await generated(yaml, `@${name}`) })),
  );
  const root = await layOut("types", packages);
  const uses = ["use.ts", "several.ts"].map((name) => ({ name, file: join(root, name) }));
  for (const { name, file } of uses) await copyFile(fileURLToPath(new URL(`../types/${name}`, import.meta.url)), file);
  const errors = await compile(
    root,
    packages,
    uses.map(({ file }) => file),
  );
  expect(errors).toEqual([]);
}, 60_000);
