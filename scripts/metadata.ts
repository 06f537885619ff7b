// What package.json of every released package says beside its code. The repository's own package.json names the places once;
// `node scripts/metadata.ts --write` brings them, and the licence, into every package.
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestOf, published } from "./published.ts";

interface Places {
  readonly repository: { readonly type: string; readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly license: string;
}

/** Packages that a release publishes. What is generated from this repository's contract is not: it belongs to an example. */
export const isReleased = ({ name }: Manifest): boolean => name.startsWith("@keyline/");

const places = (): Places => manifestOf(".") as unknown as Places;

/** The fields of a package that follow from where it lies. */
function placesOf(folder: string): object {
  const { repository, homepage, bugs, license } = places();
  const readme = `${homepage.replace(/#.*$/, "")}/tree/main/${folder}#readme`;
  return { license, repository: { ...repository, directory: folder }, homepage: readme, bugs };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Which Node a package needs where it is more than the others do: its client library says so. */
const floors: Readonly<Record<string, string>> = { "@keyline/platformatic": ">=22.22.0 <23 || >=24.6.0" };

/** What a released package lacks, a line each. */
export function metadataProblems(folder: string): readonly string[] {
  const manifest = manifestOf(folder);
  if (!isReleased(manifest)) return [];
  const wanted = Object.entries(placesOf(folder));
  const wrong = wanted.filter(([field, value]) => !same(manifest[field], value)).map(([field]) => field);
  const { keywords, description, engines } = manifest as {
    keywords?: string[];
    description?: string;
    engines?: object;
  };
  if (!keywords || keywords.length < 3) wrong.push("keywords");
  if (!description) wrong.push("description");
  if (!same(engines, { node: floors[manifest.name] ?? ">=22.18" })) wrong.push("engines");
  const licence = join(folder, "LICENSE");
  if (!existsSync(licence) || !readFileSync(licence).equals(readFileSync("LICENSE"))) wrong.push("LICENSE");
  if (!existsSync(join(folder, "README.md"))) wrong.push("README.md");
  return wrong.map((field) => `${manifest.name}: ${field} is missing or differs (node scripts/metadata.ts --write)`);
}

/** Changesets that a release could not read, a line each: each begins with packages and how far their versions move. */
export function changesetProblems(): readonly string[] {
  const names = new Set(published.map((folder) => manifestOf(folder).name));
  return readdirSync(".changeset")
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => {
      const [head] = changeset.exec(readFileSync(join(".changeset", file), "utf8")) ?? [];
      if (head === undefined) return `${file}: does not begin with ---, lines of "@keyline/NAME": minor, and ---`;
      const unknown = [...head.matchAll(/"(.*)"/g)].flatMap(([, name = ""]) => (names.has(name) ? [] : name));
      return unknown.map((name) => `${file}: ${name} is not a published package`);
    })
    .map((problem) => `.changeset/${problem}`);
}

const changeset = /^---\n("@keyline\/[\w-]+": (patch|minor|major)\n)+---\n\n(?=\S)/;

/** Writes the fields behind the description, where npm's own tools have them. */
function write(folder: string): void {
  const { name, version, description, keywords = [], ...rest } = manifestOf(folder);
  const { license, repository, homepage, bugs, ...others } = rest;
  const fields = { name, version, description, keywords, ...placesOf(folder), ...others };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(fields, null, 2)}\n`);
  copyFileSync("LICENSE", join(folder, "LICENSE"));
}

if (process.argv[1] === import.meta.filename && process.argv.includes("--write")) {
  for (const folder of published) if (isReleased(manifestOf(folder))) write(folder);
}
