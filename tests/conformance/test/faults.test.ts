import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { faultsByKind } from "../mutants/faults/index.ts";
import { mutants } from "../mutants/list.ts";
import { changeOf, placeOf, repository } from "../mutants/places.ts";

/** The sources of the promises' tests, which name what runs on memory and on brokers. */
const promises = async () => {
  const folder = join(repository, "tests/conformance/src");
  const names = await readdir(folder, { recursive: true });
  return Promise.all(names.filter((name) => name.endsWith(".ts")).map((name) => readFile(join(folder, name), "utf8")));
};

it("every fault that was there once has a test that is there, and a change that brings it back", async () => {
  const shared = (await promises()).join();
  const broken = new Set(mutants.map(({ breaks }) => breaks));
  for (const [kind, { fault, test, broughtBack }] of faultsByKind()) {
    const said = `${kind}: ${fault}`;
    const text = await readFile(join(repository, test.file), "utf8");
    const texts = test.file.startsWith("tests/conformance") ? text + shared : text;
    expect(texts, said).toContain(test.title);
    if (typeof broughtBack === "string") expect(broken, said).toContain(broughtBack);
    else for (const change of [broughtBack].flat()) expect(await placeOf(change), said).toHaveProperty("file");
  }
});

it("every mutant of a promise has its text to replace", async () => {
  const places = mutants.map(async (mutant) => ({ breaks: mutant.breaks, place: await placeOf(changeOf(mutant)) }));
  expect((await Promise.all(places)).filter(({ place }) => "missing" in place)).toEqual([]);
});
