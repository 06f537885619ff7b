import { fileURLToPath } from "node:url";
import { type Contract, type Json, loadContract } from "@keyline/contract";
import { createRandom } from "@keyline/runtime/testing";
import { expect, test } from "vitest";
import { agree, tally } from "./agree.js";
import { goodValue } from "./good-values.js";
import { mutate } from "./mutate.js";

const path = fileURLToPath(new URL("../../../../asyncapi.yaml", import.meta.url));

function casesOf(contract: Contract) {
  const shared = Object.fromEntries(contract.schemas.map(({ name, schema }) => [name, schema]));
  return contract.channels.flatMap((channel) =>
    channel.messages.map(({ payload, examples }) => {
      const given = examples.flatMap((example) => (example.payload === undefined ? [] : [example.payload]));
      return { name: channel.id, schemas: { ...shared, Main: payload }, given };
    }),
  );
}

test("every message of the student contract, on its examples, values that fit, and changes of both", async () => {
  const { contract } = await loadContract(path);
  if (!contract) throw new Error("the contract does not load");
  const cases = casesOf(contract);
  expect(cases).toHaveLength(11);
  for (const [index, { schemas, given }] of cases.entries()) {
    const random = createRandom(index);
    const good = Array.from({ length: 60 }, () => goodValue(schemas.Main, { named: schemas, random, depth: 0 }));
    const base: Json[] = [...given, ...good];
    agree(schemas, [...base, ...base.flatMap((value) => [1, 2, 3, 4].map(() => mutate(value, random)))]);
  }
  expect(tally.accepted).toBeGreaterThan(300);
  console.log(`student contract: ${tally.compared} values compared with ajv, 0 disagreements`);
}, 60_000);
