import { type Contract, type LoadOptions, type LoadResult, loadContract } from "@keyline/contract";
import { type GenerateResult, generate, type PackagesOptions, type SingleOptions } from "./generate.js";

/** How a contract's file is turned into code; a `scope` that is left out is made from the contract's title. */
export type GenerateFromFileOptions = LoadOptions & (Partial<PackagesOptions> | SingleOptions);

/** What came of a contract's file. */
export interface FileResult extends GenerateResult {
  /** Null where it has errors. */
  readonly contract: Contract | null;
  /** The scope that was used: the one given, else one made from the contract's title; null without packages. */
  readonly scope: string | null;
  /** How a document of AsyncAPI 2 was taken. */
  readonly conversion: LoadResult["conversion"];
}

/** An npm scope made from a contract's title: `Student events` -> `@student-events`. */
export function scopeOf(title: string): string {
  const words =
    title
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return `@${words.join("-").slice(0, 100).replace(/-$/, "") || "events"}`;
}

/** Loads, checks and generates. Never throws for what is in the contract: that is in the diagnostics. */
export async function generateFromFile(path: string, options: GenerateFromFileOptions = {}): Promise<FileResult> {
  const { contract, diagnostics, conversion } = await loadContract(path, options);
  const { layout = "packages" } = options;
  if (contract === null) return { contract, layout, files: [], diagnostics, scope: null, conversion };
  const chosen = options.layout === "single" ? options : { scope: options.scope ?? scopeOf(contract.title) };
  const { files, diagnostics: found } = generate(contract, chosen);
  const scope = "scope" in chosen ? chosen.scope : null;
  return { contract, layout, files, diagnostics: [...diagnostics, ...found], scope, conversion };
}
