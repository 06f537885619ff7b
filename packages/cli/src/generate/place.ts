import type { ImportEnding, LayoutName, PackagesOptions, SingleOptions } from "@keyline/codegen";
import { CommandError } from "../command/outcome.js";
import { choiceOption, option, textOption } from "../command/parameters.js";
import { scope } from "../command/values.js";
import { importsWords, layoutWords, outFor, type Project, scopeFor } from "../config.js";

/** Where the code of a contract lies, and how it is generated. */
export interface CodePlace {
  readonly contract: string;
  readonly layout: LayoutName;
  /** The folder. */
  readonly out: string;
  /** Of packages. */
  readonly scope?: string | undefined;
  /** Of the layout `single`. */
  readonly imports?: ImportEnding | undefined;
}

/** The options that say where, each with what the project says as its default. */
export const placeParameters = {
  out: textOption(
    "--out <dir>",
    "the folder of the generated code (default: from package.json, else packages, and src/keyline with --layout single)",
  ),
  layout: choiceOption(
    "--layout <name>",
    "packages: three npm packages; single: one folder of TypeScript (default: from package.json, else packages)",
    layoutWords,
  ),
  imports: choiceOption(
    "--imports <ending>",
    "with --layout single, how its files import each other: js, ts or none (default: from package.json, else js)",
    importsWords,
  ),
  scope: option(
    "--scope <@name>",
    "the packages' npm scope (default: from package.json, else from the contract's title)",
    scope,
  ),
};

/** What was typed. */
export type TypedPlace = { readonly [Name in Exclude<keyof CodePlace, "contract">]?: CodePlace[Name] | undefined };

/** Where the code of a contract lies: as typed, else as the project says. Throws where that contradicts itself. */
export function codePlace(typed: TypedPlace, contract: string, project: Project): CodePlace {
  const { layout = project.layout } = typed;
  if (layout === "single" && typed.scope !== undefined)
    throw new CommandError("usage", "--scope is for --layout packages");
  if (layout === "packages" && typed.imports !== undefined)
    throw new CommandError("usage", "--imports is for --layout single");
  const out = typed.out ?? outFor(layout, project);
  return layout === "single"
    ? { contract, layout, out, imports: typed.imports ?? project.imports }
    : { contract, layout, out, scope: typed.scope ?? scopeFor(contract, project) };
}

/** How the code of a place is generated. */
export const optionsOf = ({ layout, scope, imports }: CodePlace): Partial<PackagesOptions> | SingleOptions => {
  if (layout === "single") return { layout, imports };
  return scope === undefined ? {} : { scope };
};

/** The names of what is generated, as people read them. */
export const partsText = ({ layout }: Pick<CodePlace, "layout">, scope: string | null): string =>
  layout === "single" ? "{events,producer,consumer}.ts" : `${scope}/{events,producer,consumer}`;
