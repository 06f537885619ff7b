import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadContract } from "@keyline/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contractOf } from "./conformance/evaluate.js";
import { schemasArbitrary } from "./conformance/schemas.js";
import { typeSchemas } from "./conformance/type-schemas.js";
import { features } from "./contracts/features.js";
import { hostileContract } from "./contracts/hostile.js";
import { compile, type Generated, layOut } from "./kit/compile.js";
import { filesOf, generated } from "./kit/generated.js";

const flags = { noUnusedLocals: true, noUnusedParameters: true, isolatedDeclarations: true, declaration: true };

test("every generated module declares its types by itself, and imports nothing that it does not use", async () => {
  const { contract } = await loadContract(fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url)));
  if (!contract) throw new Error("the contract does not load");
  const streetlights = await readFile(new URL("../fixtures/streetlights.yaml", import.meta.url), "utf8");
  const texts = [...features, { name: "lamps", yaml: streetlights }];
  const random = fc.sample(schemasArbitrary, { seed: 20_261_123, numRuns: 20 });
  const packages: readonly Generated[] = [
    { scope: "@reference", files: filesOf(contract, "@reference") },
    { scope: "@hostile", files: filesOf(hostileContract, "@hostile") },
    { scope: "@kinds", files: filesOf(contractOf(typeSchemas), "@kinds") },
    ...random.map((schemas, at) => ({ scope: `@random${at}`, files: filesOf(contractOf(schemas), `@random${at}`) })),
    ...(await Promise.all(
      texts.map(async ({ name, yaml }) => ({ scope: `@${name}`, files: await generated(yaml, `@${name}`) })),
    )),
  ];
  const root = await layOut("declarations", packages);
  expect(await compile(root, packages, [], flags)).toEqual([]);
}, 240_000);

test("the flags are seen: a module that infers a type and one that imports too much are told", async () => {
  const content = 'import { z } from "zod";\nexport const inferred = [1].map(String);\n';
  const packages = [{ scope: "@faulty", files: [{ path: "events/src/index.ts", content }] }];
  const found = await compile(await layOut("faulty-declarations", packages), packages, [], flags);
  expect(found.map((text) => text.replace(/^.*index\.ts/, ""))).toEqual([
    expect.stringMatching(/^:1: 'z' is declared but/),
    expect.stringMatching(/^:2: .*--isolatedDeclarations/),
  ]);
});

test("the type that is written for a producer is the one that the runtime would infer", async () => {
  const wanted = ["envelope", "several-messages", "unkeyed-with-parameters", "open-and-unions", "no-channels"];
  const chosen = features.filter(({ name }) => wanted.includes(name));
  expect(chosen).toHaveLength(wanted.length);
  const packages = await Promise.all(
    chosen.map(async ({ name, yaml }) => ({ scope: `@${name}`, files: await generated(yaml, `@${name}`) })),
  );
  const claims = packages.map(({ scope }, index) => ({
    path: "claim.ts",
    content: `import type { Producer } from "@keyline/runtime";
import type { EventTopics } from "${scope}/events";
import type { EventProducer } from "${scope}/producer";
import type { Equal, Flat, Holds } from "${fileURLToPath(new URL("../types/inferring.ts", import.meta.url))}";
declare const producer${index}: EventProducer;
export const inferred: Producer<EventTopics> = producer${index};
export const written: EventProducer = inferred;
export type Claims = [Holds<Equal<Flat<EventProducer, [1]>, Flat<Producer<EventTopics>, [1]>>>];
`,
  }));
  const all = [...packages, ...claims.map((file, index) => ({ scope: `@claim${index}`, files: [file] }))];
  expect(await compile(await layOut("written-producers", all), all)).toEqual([]);
}, 240_000);
