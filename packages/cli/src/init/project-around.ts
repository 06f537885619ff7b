import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generate } from "@keyline/codegen";
import { type Contract, type Diagnostic, type LoadOptions, loadContract, type Perspective } from "@keyline/contract";
import type { KeyChoice, KeyChoices } from "@keyline/contract/source";
import { CommandError } from "../command/outcome.js";
import type { Io } from "../io.js";
import { conversionText } from "../report/conversion.js";
import { diagnosticsText } from "../report/diagnostics.js";
import { chooseKey, fieldText } from "./choose-key.js";
import { type ContractFiles, isBelow, notingReader, placeFiles, readerOf } from "./from.js";
import { filesAround, type NewFile, type ProjectNames } from "./template.js";
import type { ChangedFile } from "./write.js";

/** What a project with an existing contract is made from. */
export interface Around {
  /** The contract, as it was typed. */
  readonly file: string;
  /** The project's folder. */
  readonly folder: string;
  readonly names: ProjectNames;
  /** The key that was named; false for none; undefined where nothing was said. */
  readonly key: string | false | undefined;
  /** Whether the key may be named that the contract says already. */
  readonly isKeyKnown: boolean;
  /** Whether a person may be asked. */
  readonly isAsked: boolean;
  /** Whose publish and subscribe a contract of AsyncAPI 2 has. */
  readonly perspective: Perspective;
}

/** An existing contract in a project. Nothing is written yet. */
export interface PlacedContract {
  readonly contract: string;
  readonly isInPlace: boolean;
  readonly choice: KeyChoice | null;
  readonly choices: KeyChoices;
  /** How a contract of AsyncAPI 2 was taken. */
  readonly perspective: Perspective | undefined;
  /** Its copies, where it is not in its place. */
  readonly copies: readonly NewFile[];
  /** Files of a contract in its place, with the key in them. */
  readonly changed: readonly ChangedFile[];
  readonly generated: readonly NewFile[];
}

export interface ProjectAround extends PlacedContract {
  /** Files that do not exist yet. */
  readonly files: readonly NewFile[];
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

/** Whether it is the key of one of the contract's domains. */
const isKeyIn = ({ domains }: Contract, key: string | false | undefined): boolean =>
  domains.some(({ keyPath, keyExpression }) =>
    [keyExpression, fieldText({ path: keyPath, expression: keyExpression })].includes(String(key)),
  );

const changedFiles = (files: readonly NewFile[], before: ReadonlyMap<string, string>): readonly ChangedFile[] =>
  files.flatMap((file) => {
    const text = before.get(file.path);
    return text === undefined || text === file.content ? [] : [{ ...file, before: text }];
  });

/** Finds out where an existing contract lies in a project, and which key it gets. Writes nothing. */
export async function placeContract(around: Around, io: Io): Promise<PlacedContract> {
  const { file, folder, names, key, isKeyKnown, isAsked, perspective } = around;
  const { readFile, texts } = notingReader(file, io.cwd);
  const { contract: found, conversion } = await generated(file, { readFile, perspective }, names.scope, io);
  if (conversion) io.log(conversionText(file, conversion));
  const { readKeyChoices } = await import("@keyline/contract/source");
  const choices = await readKeyChoices(file, { readFile, perspective });
  if (choices === null) throw new CommandError("couldNotRun", `nothing was written: ${file} cannot be read`);
  const asked = isKeyKnown && choices.isDecided && isKeyIn(found, key) ? undefined : key;
  const choice = await chooseKey(choices, { key: asked, file, isAsked }, io);
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
  return {
    ...{ contract: placed.contract, isInPlace: placed.isInPlace, choice, choices },
    perspective: conversion?.perspective,
    copies: placed.isInPlace ? [] : own,
    changed: placed.isInPlace ? changedFiles(own, before) : [],
    generated: files,
  };
}

/** Plans a project around an existing contract. Writes nothing. */
export async function projectAround(around: Around, io: Io): Promise<ProjectAround> {
  const placed = await placeContract(around, io);
  const packages = placed.generated.map(({ path, content }) => ({ path: `packages/${path}`, content }));
  const own = await filesAround(around.names, placed.contract, placed.perspective);
  return { ...placed, files: [...placed.copies, ...own, ...packages] };
}
