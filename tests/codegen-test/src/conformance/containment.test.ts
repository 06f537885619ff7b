import { fileURLToPath } from "node:url";
import { type Json, loadContract } from "@keyline/contract";
import { type Containment, createComparer } from "@keyline/contract-diff";
import { createRandom, type Random, undeclaredPaths } from "@keyline/runtime/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contractOf, evaluate, type NamedSchemas } from "./evaluate.js";
import { anyValue, goodValue } from "./good-values.js";
import { mutate } from "./mutate.js";
import { mutateSchemas } from "./mutate-schema.js";
import { type Judge, judgeOf } from "./reference.js";
import { schemasArbitrary } from "./schemas.js";

/** How many contracts are drawn; each is compared with versions of it. `npm run test:all` draws more, `KEYLINE_RUNS` any number. */
const runs = Number(process.env.KEYLINE_RUNS ?? 15);
const versions = 4;
/** Always the same, so that what fails does so for everyone; `npm run test:all` draws another. */
const seed = Number(process.env.KEYLINE_SEED ?? 20_261_125);

interface Tally {
  compared: number;
  /** Pairs that differ only in what means nothing. */
  same: number;
  contained: number;
  escapes: number;
  shown: number;
  undecided: number;
  values: number;
}

const newTally = (): Tally => ({ compared: 0, same: 0, contained: 0, escapes: 0, shown: 0, undecided: 0, values: 0 });

/** One version of a contract's schemas: what writes and what reads by it. */
interface Version {
  readonly schemas: NamedSchemas;
  readonly judge: Judge;
  readonly isWritable: (value: Json) => boolean;
}

/** Null where no code is generated, or ajv does not compile the schemas. */
function versionOf(schemas: NamedSchemas): Version | null {
  const evaluated = evaluate(contractOf(schemas));
  if ("refused" in evaluated) return null;
  const shape = evaluated.declared.get("Main") ?? true;
  try {
    const judge = judgeOf("Main", schemas);
    return {
      schemas,
      judge,
      isWritable: (value) => judge(value) === true && undeclaredPaths(value, shape).length === 0,
    };
  } catch {
    return null;
  }
}

const listed = (schemas: NamedSchemas) => Object.entries(schemas).map(([name, schema]) => ({ name, schema }));

/** Values that a writer of the version can write, drawn from both versions. */
function writtenValues(writer: Version, reader: Version, random: Random): Json[] {
  const good = [writer, reader, writer, writer].flatMap(({ schemas }) =>
    [1, 2, 3, 4, 5].map(() => goodValue(schemas.Main, { named: schemas, random, depth: 0, isClosed: true })),
  );
  const nearly = good.flatMap((value) => [mutate(value, random), mutate(value, random)]);
  return [...good, ...nearly, anyValue(random, 1)].filter(writer.isWritable);
}

/** Compares one direction, and holds the answer against ajv. */
function check(writer: Version, reader: Version, random: Random, tally: Tally): void {
  const comparer = createComparer();
  const sides = [writer, reader].map(({ schemas }) => comparer.side(listed(schemas)));
  const [writing, reading] = sides;
  if (!writing || !reading) throw new Error("two sides");
  const main = { $ref: "#/schemas/Main" };
  const answer = comparer.written({ side: writing, schema: main }, { side: reading, schema: main });
  tally.compared += 1;
  if (writing.compile(main) === reading.compile(main) && writing.close(main) === reading.close(main)) tally.same += 1;
  count(answer, tally);
  const told = () => `${JSON.stringify(writer.schemas)}\nread by ${JSON.stringify(reader.schemas)}`;
  if (answer.kind === "escapes" && answer.counterexample !== undefined) {
    const { counterexample } = answer;
    const holds = writer.isWritable(counterexample) && reader.judge(counterexample) === false;
    // Of a value on which ajv itself fails it says nothing: a constant that is an object, and a field `toString`.
    const isUnknown = [writer, reader].some(({ judge }) => judge(counterexample) === null);
    if (!holds && !isUnknown) throw new Error(`no counterexample: ${JSON.stringify(counterexample)}\n${told()}`);
  }
  if (answer.kind !== "contained") return;
  for (const value of writtenValues(writer, reader, random)) {
    tally.values += 1;
    if (reader.judge(value) === false) throw new Error(`escapes: ${JSON.stringify(value)}\n${told()}`);
  }
}

function count(answer: Containment, tally: Tally): void {
  if (answer.kind === "contained") tally.contained += 1;
  else if (answer.kind === "undecided") tally.undecided += 1;
  else {
    tally.escapes += 1;
    if (answer.counterexample !== undefined) tally.shown += 1;
  }
}

/** Compares one version with each of the others, in both directions. */
function checkAll(before: NamedSchemas, others: readonly NamedSchemas[], seed: number, tally: Tally): void {
  const old = versionOf(before);
  if (!old) return;
  const random = createRandom(seed);
  for (const after of others) {
    const fresh = versionOf(after);
    if (!fresh) continue;
    check(old, fresh, random, tally);
    check(fresh, old, random, tally);
  }
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

function report(name: string, { compared, same, contained, escapes, shown, undecided, values }: Tally): void {
  console.log(
    `${name}: ${compared} pairs (${same} the same but for words), ${percent(contained + escapes, compared)} decided ` +
      `(${contained} contained, ${escapes} not, ${undecided} undecided); ` +
      `a counterexample for ${percent(shown, escapes)} of those that are not; ` +
      `${values} written values read by ajv, 0 refused`,
  );
}

/** Versions with one or two changes each. */
const changesOf = (schemas: NamedSchemas, seed: number): readonly NamedSchemas[] => {
  const random = createRandom(seed);
  const changed = () => {
    const once = mutateSchemas(schemas, random);
    return random.chance(0.5) ? once : mutateSchemas(once, random);
  };
  return Array.from({ length: versions }, changed);
};

/** The schemas that `Main` leads to. */
function reachable(schemas: NamedSchemas): NamedSchemas {
  const names = new Set(["Main"]);
  for (const name of names)
    for (const [, target = ""] of JSON.stringify(schemas[name] ?? true).matchAll(/"#\/schemas\/(\w+)"/g))
      names.add(target);
  return Object.fromEntries([...names].map((name) => [name, schemas[name] ?? true]));
}

test("random schemas over every keyword and changes of them: what counts as compatible is", () => {
  const tally = newTally();
  const property = fc.property(schemasArbitrary, fc.nat(), (schemas, at) =>
    checkAll(schemas, changesOf(schemas, at), at, tally),
  );
  fc.assert(property, { seed, numRuns: runs });
  report(`random schemas, seed ${seed}`, tally);
  expect(tally.compared).toBeGreaterThan(versions * runs);
  expect((tally.contained + tally.escapes) / tally.compared).toBeGreaterThan(0.9);
  expect(tally.shown / tally.escapes).toBeGreaterThan(0.95);
}, 7_200_000);

test("two random schemas that have nothing to do with each other", () => {
  const tally = newTally();
  const property = fc.property(schemasArbitrary, schemasArbitrary, fc.nat(), (one, other, at) =>
    checkAll(one, [other], at, tally),
  );
  fc.assert(property, { seed, numRuns: runs });
  report("unrelated schemas", tally);
  expect((tally.contained + tally.escapes) / tally.compared).toBeGreaterThan(0.8);
}, 7_200_000);

test("the student contract's messages and changes of them", async () => {
  const path = fileURLToPath(new URL("../../../../asyncapi.yaml", import.meta.url));
  const { contract } = await loadContract(path);
  if (!contract) throw new Error("the contract does not load");
  const shared = Object.fromEntries(contract.schemas.map(({ name, schema }) => [name, schema]));
  const messages = contract.channels.flatMap((channel) => channel.messages.map(({ payload }) => payload));
  const tally = newTally();
  for (let index = 0; index < runs; index += 1) {
    const schemas = reachable({ ...shared, Main: messages[index % messages.length] ?? true });
    checkAll(schemas, changesOf(schemas, index), index, tally);
  }
  report("the student contract", tally);
  expect((tally.contained + tally.escapes) / tally.compared).toBeGreaterThan(0.97);
  expect(tally.shown / tally.escapes).toBeGreaterThan(0.97);
}, 7_200_000);
