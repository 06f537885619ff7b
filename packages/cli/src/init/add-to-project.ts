import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { compareOutput, runtimeDependency } from "@keyline/codegen";
import type { Perspective } from "@keyline/contract";
import manifest from "../../package.json" with { type: "json" };
import { CommandError } from "../command/outcome.js";
import { installText } from "../generate/dependencies.js";
import type { Io } from "../io.js";
import { seenImports } from "./import-ending.js";
import { namesOf } from "./names.js";
import { type PackageAdditions, type PackageJson, withAdditions } from "./package-json.js";
import { type PlacedContract, placeContract } from "./project-around.js";
import { contractPath, contractText } from "./template.js";
import type { Changes } from "./write.js";

/** What was asked for. */
export interface AddInput {
  readonly folder: string;
  /** The folder, as it was typed. */
  readonly dir: string;
  /** The contract that was named. */
  readonly from: string | undefined;
  readonly key: string | false | undefined;
  readonly isAsked: boolean;
  readonly perspective: Perspective;
  /** The folder of generated code that was named, from the project's folder. */
  readonly out: string | undefined;
}

/** What becomes of a file, or of a field in one. */
export interface Line {
  readonly done: "added" | "changed" | "kept";
  readonly what: string;
  readonly note: string;
}

/** What is added to a project. Nothing is written yet. */
export interface Addition {
  /** The contract's path in the project. */
  readonly contract: string;
  /** An existing contract. */
  readonly placed: PlacedContract | null;
  readonly lines: readonly Line[];
  readonly changes: Changes;
  /** The commands that come next. */
  readonly next: readonly string[];
  /** The command that generates. */
  readonly generate: string;
}

const refused = (why: string) => new CommandError("couldNotRun", `${why}: nothing was written`);

/** Names by which a contract is found. */
const contractNames = [contractPath, "asyncapi.yml", "asyncapi.json"];

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false;

/** The contract that is there, as a path from the working directory; null where a new one is to be written. */
async function contractThere({ keyline }: PackageJson, { folder, dir, from }: AddInput): Promise<string | null> {
  if (from !== undefined) return from;
  for (const name of keyline === null ? contractNames : [keyline.contract ?? contractPath])
    if (await isFile(join(folder, name))) return join(dir, name);
  if (keyline !== null) throw refused(`package.json: keyline.contract is ${keyline.contract}, which is not there`);
  return null;
}

/** What becomes of the contract's files. */
interface ContractPart {
  readonly contract: string;
  readonly placed: PlacedContract | null;
  readonly lines: readonly Line[];
  readonly changes: Changes;
}

async function newContract({ name }: PackageJson, { folder, key }: AddInput): Promise<ContractPart> {
  if (key !== undefined) throw new CommandError("usage", "--key and --no-key are for an existing contract");
  const names = namesOf(name?.split("/").at(-1) ?? basename(folder), undefined);
  const file = { path: contractPath, content: await contractText(names) };
  const line: Line = { done: "added", what: contractPath, note: "a contract to start from: make it yours" };
  return { contract: contractPath, placed: null, lines: [line], changes: { added: [file], changed: [] } };
}

async function oldContract(file: string, { keyline }: PackageJson, input: AddInput, io: Io): Promise<ContractPart> {
  const { folder, key, isAsked } = input;
  const perspective = keyline?.perspective ?? input.perspective;
  const around = {
    file,
    folder,
    names: namesOf(basename(folder), undefined),
    key,
    isKeyKnown: true,
    isAsked,
    perspective,
  };
  const placed = await placeContract(around, io);
  const { contract, changed, copies, isInPlace } = placed;
  const found = await Promise.all(
    copies.map(async (copy) => ({ copy, now: await readFile(join(folder, copy.path), "utf8").catch(() => null) })),
  );
  const other = found.find(({ copy, now }) => now !== null && now !== copy.content);
  if (other) throw refused(`${other.copy.path} is there, and differs from what would be written; leave --from out`);
  const copyLines = found.map(({ copy, now }): Line => {
    const note = copy.path === contract ? `the contract, a copy of ${file}` : "a file of the contract";
    return { done: now === null ? "added" : "kept", what: copy.path, note };
  });
  const changedLines = changed.map(({ path }): Line => ({ done: "changed", what: path, note: "has the key now" }));
  const isKept = isInPlace && changed.length === 0;
  const lines: readonly Line[] = isKept ? [{ done: "kept", what: contract, note: "the contract" }] : copyLines;
  const added = found.filter(({ now }) => now === null).map(({ copy }) => copy);
  return { contract, placed, lines: [...lines, ...changedLines], changes: { added, changed } };
}

/** The scripts that are wanted, by name. */
const wantedScripts = {
  "keyline:generate": "keyline generate",
  "keyline:check": "keyline check && keyline generate --check",
} as const;

const scriptLine = (scripts: PackageJson["scripts"], name: string, wanted: string): Line => {
  const now = scripts[name];
  const what = `package.json scripts.${name}`;
  if (now === undefined) return { done: "added", what, note: wanted };
  const note = now === wanted ? "as it is" : `it is ${JSON.stringify(now)}; not added: ${wanted}`;
  return { done: "kept", what, note };
};

/** The folder of generated code. Rejects where it has other files. */
async function outOf({ folder, out }: AddInput): Promise<string> {
  const hasSources = (await stat(join(folder, "src")).catch(() => null))?.isDirectory() ?? false;
  const chosen = out ?? (hasSources ? "src/keyline" : "keyline");
  const others = await compareOutput(resolve(folder, chosen), { layout: "single", files: [] });
  const foreign = others.find(({ kind }) => kind === "foreign");
  if (foreign)
    throw refused(`${chosen} has a file that was not generated, ${foreign.path}; name another folder by --out`);
  return chosen;
}

/** What package.json gets, and what is said about it. */
async function packagePart(found: PackageJson, input: AddInput, { contract, placed }: ContractPart) {
  const { imports, because } = await seenImports(input.folder, found.type);
  const keyline = {
    ...{ contract, layout: "single", out: await outOf(input) },
    ...(imports === "js" ? {} : { imports }),
    ...(placed?.perspective === undefined ? {} : { perspective: placed.perspective }),
  };
  const wanted = Object.entries(wantedScripts);
  const scripts = Object.fromEntries(wanted.filter(([name]) => found.scripts[name] === undefined));
  const additions: PackageAdditions = { scripts, keyline };
  const config: Line = {
    done: "added",
    what: "package.json keyline",
    note: `${JSON.stringify(keyline)} (imports: ${imports}, as ${because})`,
  };
  return { additions, lines: [...wanted.map(([name, text]) => scriptLine(found.scripts, name, text)), config] };
}

/** A project that is set up gets nothing: what is missing was taken away on purpose. Throws where something else is asked for. */
function keptPart({ keyline }: PackageJson, { out }: AddInput, { contract }: ContractPart) {
  for (const [name, now, asked] of [
    ["contract", keyline?.contract ?? contractPath, contract],
    ["out", keyline?.out, out ?? keyline?.out],
  ])
    if (now !== asked) throw refused(`package.json: keyline.${name} is ${now}, not ${asked}; change it there`);
  const config: Line = { done: "kept", what: "package.json keyline", note: "the project is set up already" };
  return { additions: { scripts: {}, keyline: null }, lines: [config] };
}

const generateText = (scripts: Readonly<Record<string, string>>): string => {
  const found = Object.entries(scripts).find(([, text]) => /^keyline generate(?!.*--check)/.test(text));
  return found ? `npm run ${found[0]}` : "npx keyline generate";
};

/** The commands that install what the project does not ask for yet. */
function installs({ dependencies, keyline }: PackageJson): readonly string[] {
  const wanted =
    keyline?.layout === "packages" || (keyline !== null && keyline.layout === undefined)
      ? {}
      : { ...runtimeDependency, "@keyline/kafkajs": manifest.dependencies["@keyline/kafkajs"] };
  const missing = (packages: Readonly<Record<string, string>>) =>
    Object.entries(packages).flatMap(([name, version]) => (dependencies.has(name) ? [] : [`${name}@${version}`]));
  const [own, tools] = [missing(wanted), missing({ "@keyline/cli": manifest.version })];
  return [...(own.length > 0 ? [installText(own)] : []), ...(tools.length > 0 ? [installText(tools, true)] : [])];
}

/** Plans what is added to a project that exists. Writes nothing; rejects where it cannot be added without harm. */
export async function planAddition(found: PackageJson, input: AddInput, io: Io): Promise<Addition> {
  if (found.isMonorepo && found.keyline === null)
    throw refused(
      `${join(input.dir, "package.json")} is the root of a monorepo: name the folder of a package that sends or receives`,
    );
  const file = await contractThere(found, input);
  const part = file === null ? await newContract(found, input) : await oldContract(file, found, input, io);
  const { additions, lines } =
    found.keyline === null ? await packagePart(found, input, part) : keptPart(found, input, part);
  const content = withAdditions(found, additions);
  const changed = content === found.text ? [] : [{ path: "package.json", content, before: found.text }];
  const generate = generateText({ ...found.scripts, ...additions.scripts });
  return {
    ...{ contract: part.contract, placed: part.placed, generate },
    lines: [...part.lines, ...lines],
    // The package.json comes last: a project that has its field is whole.
    changes: { added: part.changes.added, changed: [...part.changes.changed, ...changed] },
    next: [...installs(found), generate],
  };
}
