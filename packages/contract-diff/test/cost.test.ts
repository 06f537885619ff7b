import { loadContract } from "@keyline/contract";
import { loadContractSource } from "@keyline/contract/source";
import { expect, test } from "vitest";
import { compareContracts } from "../src/index.js";
import { type ManyChannels, manyChannels } from "./many-channels.js";

/** `KEYLINE_CHANNELS=500` for the figures that are published. */
const channels = Number(process.env.KEYLINE_CHANNELS ?? 15);

const read = (text: string) => ({ readFile: async () => text });

/** By the processor's time: a busy machine makes the clock on the wall run on. */
async function timed<Value>(run: () => Promise<Value>): Promise<readonly [Value, number]> {
  const started = process.cpuUsage();
  const value = await run();
  return [value, process.cpuUsage(started).user / 1000];
}

/** Loads both versions and compares them, as `keyline diff` does. */
const diff = (before: string, after: string) =>
  timed(async () => {
    const [old, fresh] = [await loadContractSource("a", read(before)), await loadContractSource("b", read(after))];
    if (!old.source || !fresh.source) throw new Error("a version does not load");
    return compareContracts(old.source, fresh.source);
  });

const kinds: readonly (readonly [string, Omit<ManyChannels, "channels">, number, number])[] = [
  ["nothing", {}, 0, 0],
  ["an optional field in every payload", { more: "              note: { type: string }" }, channels, 0],
  ["a value less in every payload", { more: "              kind: { type: string, enum: [x, y] }" }, channels, channels],
  ["an optional field in the shared envelope", { shared: "        trace: { type: string }" }, 1, 0],
  ["a type in the shared envelope", { shared: "        id: { type: integer }" }, 2, 2],
];

/** Parses both versions, as `keyline check` does each. */
const parse = (before: string, after: string) =>
  timed(async () => {
    for (const text of [before, after]) {
      const { contract } = await loadContract("a", read(text));
      expect(contract?.channels).toHaveLength(channels);
    }
  });

/** How many times the cost of parsing both versions comparing them is, once. */
async function measured(before: string, after: string) {
  const [, parseMs] = await parse(before, after);
  const [{ changes }, ms] = await diff(before, after);
  return { ratio: ms / parseMs, parseMs, changes };
}

test(`${channels} channels: comparing two versions costs less than three times parsing them`, async () => {
  const before = manyChannels({ channels });
  const few = manyChannels({ channels: 5 });
  // Both halves run once before they are measured: what runs first is slow, as the engine has not compiled it.
  for (const text of [few, few]) await loadContract("a", read(text));
  await diff(few, few);
  for (const [name, change, count, breaking] of kinds) {
    // A key that is there twice is no YAML: what is put in takes the place of the first.
    const after = withoutTwins(manyChannels({ channels, ...change }));
    let { ratio, parseMs, changes } = await measured(before, after);
    // What ran before in this process may leave it garbage to collect: that takes time once, a comparison that costs more always.
    for (let again = 1; again <= 2 && ratio >= 3; again += 1) ratio = (await measured(before, after)).ratio;
    expect([name, changes.length]).toEqual([name, count]);
    expect(changes.filter(({ verdict }) => verdict === "breaking")).toHaveLength(breaking);
    console.log(`${channels} channels, ${name}: diff ${ratio.toFixed(2)} times parsing (${parseMs.toFixed(0)} ms)`);
    expect(ratio).toBeLessThan(3);
  }
}, 300_000);

const withoutTwins = (text: string): string =>
  text
    .replaceAll(/ {14}kind: .*\n(?= {14}marks: .*\n {14}kind: )/g, "")
    .replaceAll(/ {8}id: .*\n(?= {8}at: .*\n {8}id: )/g, "");
