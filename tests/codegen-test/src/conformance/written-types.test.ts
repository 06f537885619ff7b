import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadContract } from "@keyline/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { features } from "../contracts/features.js";
import { hostileContract } from "../contracts/hostile.js";
import { compile, type Generated, layOut } from "../kit/compile.js";
import { filesOf, generated } from "../kit/generated.js";
import { inferredBeside } from "../kit/inferred.js";
import { contractOf } from "./evaluate.js";
import { schemasArbitrary } from "./schemas.js";
import { typeSchemas } from "./type-schemas.js";

const builders = fileURLToPath(new URL("../../types/inferring", import.meta.url));

/** Packages of events, with what is inferred from their schemas beside them. */
function withInferred(all: readonly Generated[], relation: "Alike" | "Equal"): readonly Generated[] {
  return all.map(({ scope, files }) => {
    const events = files.filter(({ path }) => path.startsWith("events/"));
    return { scope, files: [...events, ...events.flatMap((file) => inferredBeside(file, builders, relation) ?? [])] };
  });
}

async function differences(
  folder: string,
  packages: readonly Generated[],
  relation: "Alike" | "Equal" = "Equal",
): Promise<readonly string[]> {
  const all = withInferred(packages, relation);
  const compared = all.flatMap(({ files }) => files.filter(({ path }) => path.endsWith(".inferred.ts")));
  const declared = all.flatMap(({ files }) => files.filter(({ content }) => /: z\.Zod/.test(content)));
  expect(compared.length).toBeGreaterThan(10);
  expect(compared).toHaveLength(declared.length);
  return compile(await layOut(folder, all), all);
}

test("the reference contract: the types that are written are those that would be inferred", async () => {
  const { contract } = await loadContract(fileURLToPath(new URL("../../../../asyncapi.yaml", import.meta.url)));
  if (!contract) throw new Error("the contract does not load");
  expect(
    await differences("written-reference", [{ scope: "@reference", files: filesOf(contract, "@reference") }]),
  ).toEqual([]);
}, 240_000);

test("so are those of every feature, kind of type and hostile name", async () => {
  const streetlights = await readFile(new URL("../../fixtures/streetlights.yaml", import.meta.url), "utf8");
  const packages = await Promise.all(
    [...features, { name: "lamps", yaml: streetlights }].map(async ({ name, yaml }) => ({
      scope: `@${name}`,
      files: await generated(yaml, `@${name}`),
    })),
  );
  const kinds = { scope: "@kinds", files: filesOf(contractOf(typeSchemas), "@kinds") };
  const hostile = { scope: "@hostile", files: filesOf(hostileContract, "@hostile") };
  expect(await differences("written-features", [...packages, kinds, hostile])).toEqual([]);
}, 240_000);

test("those of random schemas take the values of those that would be inferred, recursive ones too", async () => {
  // Beyond some hundred the compiler has them all in memory: those that run seldom take other seeds.
  const numRuns = Math.min(Number(process.env.KEYLINE_RUNS ?? 40), 200);
  const samples = fc.sample(schemasArbitrary, { seed: Number(process.env.KEYLINE_SEED ?? 20_261_123), numRuns });
  const packages = samples.map((schemas, index) => ({
    scope: `@sample${index}`,
    files: filesOf(contractOf(schemas), `@sample${index}`),
  }));
  expect(await differences("written-random", packages, "Alike")).toEqual([]);
}, 240_000);
