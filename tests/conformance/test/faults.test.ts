import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { faultsByKind } from "../mutants/faults/index.ts";
import { mutants } from "../mutants/list.ts";
import { changeOf, placeOf, repository } from "../mutants/places.ts";

/** The sources of the promises' tests, which name what runs on memory and on brokers. */
const promises = () => textsIn(join(repository, "tests/conformance/src"));

/** Suites that several test files beside them run. */
const suitesBeside = (file: string) => textsIn(join(repository, dirname(file), "suite")).catch(() => []);

async function textsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(names.filter((name) => name.endsWith(".ts")).map((name) => readFile(join(folder, name), "utf8")));
}

it("every fault that was there once has a test that is there, and a change that brings it back", async () => {
  const shared = (await promises()).join();
  const broken = new Set(mutants.map(({ breaks }) => breaks));
  for (const [kind, { fault, test, broughtBack }] of faultsByKind()) {
    const said = `${kind}: ${fault}`;
    const text = await readFile(join(repository, test.file), "utf8");
    const more = test.file.startsWith("tests/conformance") ? shared : (await suitesBeside(test.file)).join();
    const texts = text + more;
    expect(texts, said).toContain(test.title);
    if (typeof broughtBack === "string") expect(broken, said).toContain(broughtBack);
    else for (const change of [broughtBack].flat()) expect(await placeOf(change), said).toHaveProperty("file");
  }
});

it("every mutant of a promise has its text to replace", async () => {
  const places = mutants.map(async (mutant) => ({ breaks: mutant.breaks, place: await placeOf(changeOf(mutant)) }));
  expect((await Promise.all(places)).filter(({ place }) => "missing" in place)).toEqual([]);
});
