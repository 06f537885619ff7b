import type { Json } from "@keyline/contract";
import { createRandom } from "@keyline/runtime/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { agree, tally } from "./agree.js";
import type { NamedSchemas } from "./evaluate.js";
import { anyValue, goodValue } from "./good-values.js";
import { mutate } from "./mutate.js";
import { schemasArbitrary } from "./schemas.js";

/** How many schemas are drawn; `npm run test:all` draws more, `KEYLINE_RUNS` any number. */
const runs = Number(process.env.KEYLINE_RUNS ?? 150);
/** Always the same, so that what fails does so for everyone; `npm run test:all` draws another. */
const seed = Number(process.env.KEYLINE_SEED ?? 20_261_123);

/** Values that try to fit, each of them changed a little, and any others. */
function valuesFor(named: NamedSchemas, seed: number): Json[] {
  const random = createRandom(seed);
  const good = Array.from({ length: 16 }, () => goodValue(named.Main, { named, random, depth: 0 }));
  const nearly = good.flatMap((value) => [mutate(value, random), mutate(value, random), mutate(value, random)]);
  return [...good, ...nearly, ...Array.from({ length: 6 }, () => anyValue(random, 2))];
}

test("schemas over every keyword, recursive too: the generated code and ajv agree on every value", () => {
  const property = fc.property(schemasArbitrary, fc.nat(), (named, at) => agree(named, valuesFor(named, at)));
  fc.assert(property, { seed, numRuns: runs });
  const { compared, accepted, refusedSchemas, ajvFailed } = tally;
  console.log(
    `generated code and ajv compared on ${compared} values (${accepted} accepted), 0 disagreements; seed ${seed}; ` +
      `${refusedSchemas} endless schemas refused, ${ajvFailed} values that ajv itself fails on left out`,
  );
  expect(compared).toBeGreaterThan(30 * runs);
  expect(accepted / compared).toBeGreaterThan(0.15);
}, 240_000);
