import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generate } from "@keyline/codegen";
import { type Contract, type Diagnostic, type LoadOptions, loadContract, type Perspective } from "@keyline/contract";
import type { KeyChoice, KeyChoices } from "@keyline/contract/source";
import { CommandError } from "../command/outcome.js";
import type { Io } from "../io.js";
import { conversionText } from "../report/conversion.js";
import { diagnosticsText } from "../report/diagnostics.js";
import { chooseKey } from "./choose-key.js";
import { type ContractFiles, isBelow, notingReader, placeFiles, readerOf } from "./from.js";
import { filesAround, type NewFile, type ProjectNames } from "./template.js";

/** What a project around an existing contract is made from. */
export interface Around {
  /** The contract, as it was typed. */
  readonly file: string;
  /** The project's folder. */
  readonly folder: string;
  readonly names: ProjectNames;
  /** The key that was named; false for none; undefined where nothing was said. */
  readonly key: string | false | undefined;
  /** Whether a person may be asked. */
  readonly isAsked: boolean;
  /** Whose publish and subscribe a contract of AsyncAPI 2 has. */
  readonly perspective: Perspective;
}

export interface ProjectAround {
  readonly contract: string;
  readonly isInPlace: boolean;
  readonly choice: KeyChoice | null;
  readonly choices: KeyChoices;
  /** Files that do not exist yet. */
  readonly files: readonly NewFile[];
  /** Files of a contract in its place, with the key in them. */
  readonly changed: readonly NewFile[];
}

const errorsIn = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(({ severity }) => severity === "error");

/** The contract and the packages that it gives; rejects where it has errors, which are on the log then. */
async function generated(file: string, options: ReadOptions, scope: string, io: Io) {
  const { contract, diagnostics, conversion } = await loadContract(file, options);
  const result = contract && generate(contract, { scope });
  const errors = errorsIn([...diagnostics, ...(result?.diagnostics ?? [])]);
  if (contract && result && errors.length === 0) return { contract, files: result.files, conversion };
  io.log(`${await diagnosticsText(errors, options.readFile, io)}\n`);
  throw new CommandError("couldNotRun", `nothing was written: ${file} has errors`);
}

type ReadOptions = LoadOptions & { readonly readFile: ReturnType<typeof readerOf> };

const hasKey = (contract: Contract, choice: KeyChoice): boolean =>
  contract.domains.some(({ keyExpression, channels }) => keyExpression === choice.expression && channels.length > 0);

async function isInRepository(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(join(at, ".git")).catch(() => null);
    if (found) return true;
    if (dirname(at) === at) return false;
  }
}

/** The project could not read its own contract otherwise: the rule ref-outside. */
async function refuseFarFiles({ contract, texts }: ContractFiles, folder: string): Promise<void> {
  const far = [...texts.keys()].find((path) => !isBelow(dirname(contract), path));
  if (far === undefined || (await isInRepository(folder))) return;
  throw new CommandError(
    "couldNotRun",
    `a $ref of the contract leads to ${far}, out of the folder ${dirname(contract)}: nothing was written; name a folder in a git repository, or run git init in it before`,
  );
}

/** Plans a project around an existing contract. Writes nothing. */
export async function projectAround(around: Around, io: Io): Promise<ProjectAround> {
  const { file, folder, names, key, isAsked, perspective } = around;
  const { readFile, texts } = notingReader(file, io.cwd);
  const { conversion } = await generated(file, { readFile, perspective }, names.scope, io);
  if (conversion) io.log(conversionText(file, conversion));
  const { readKeyChoices } = await import("@keyline/contract/source");
  const choices = await readKeyChoices(file, { readFile, perspective });
  if (choices === null) throw new CommandError("couldNotRun", `nothing was written: ${file} cannot be read`);
  const choice = await chooseKey(choices, { key, file, isAsked }, io);
  const keyed = choice === null ? new Map<string, string>() : choices.write(choice);
  const at = { file, cwd: io.cwd, folder };
  const placed = placeFiles(at, new Map([...texts, ...keyed]));
  await refuseFarFiles(placed, folder);
  const { contract, files } = await generated(
    placed.contract,
    { readFile: readerOf(placed.texts), perspective },
    names.scope,
    io,
  );
  if (choice !== null && !hasKey(contract, choice))
    throw new CommandError(
      "couldNotRun",
      `nothing was written: the key cannot be put into ${file} as it is laid out; declare x-ordering there and run this again`,
    );
  const own = [...placed.texts].map(([path, content]) => ({ path, content }));
  const before = placeFiles(at, texts).texts;
  const packages = files.map(({ path, content }) => ({ path: `packages/${path}`, content }));
  return {
    contract: placed.contract,
    isInPlace: placed.isInPlace,
    choice,
    choices,
    files: [
      ...(placed.isInPlace ? [] : own),
      ...(await filesAround(names, placed.contract, conversion?.perspective)),
      ...packages,
    ],
    changed: placed.isInPlace ? own.filter(({ path, content }) => before.get(path) !== content) : [],
  };
}
