import type { Json } from "@keyline/contract";
import { createRandom } from "@keyline/runtime/testing";
import { expect, test } from "vitest";
import { agree, tally } from "./agree.js";
import { mutate } from "./mutate.js";
import { formatSamples, numberSamples } from "./samples.js";

const texts = Object.values(formatSamples).flat();

/** Texts near to what the format takes: up to five changes away. */
function nearly(format: keyof typeof formatSamples, count: number): Json[] {
  const random = createRandom(format.length * 7919 + format.charCodeAt(0));
  return Array.from({ length: count }, () => {
    let value: Json = random.pick(formatSamples[format]);
    for (let changes = random.below(6); changes > 0; changes -= 1) value = mutate(value, random);
    return value;
  });
}

test.each(Object.keys(formatSamples) as (keyof typeof formatSamples)[])("%s, as ajv-formats has it", (format) => {
  const before = tally.compared;
  const values: Json[] = [...texts, ...numberSamples, ...nearly(format, 2000)];
  agree({ Main: { type: "string", format } }, values);
  agree({ Main: { format } }, [...texts, ...numberSamples, null, {}]);
  agree({ Main: { type: ["number", "string"], format } }, [...texts, ...numberSamples]);
  expect(tally.compared - before).toBeGreaterThan(2000);
});
