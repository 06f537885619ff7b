import { type Contract, type LoadOptions, type LoadResult, loadContract } from "@keyline/contract";
import { type GenerateResult, generate, type PackagesOptions, type SingleOptions } from "./generate.js";

/** How code is generated from a contract's file; the default `scope` is made from the contract's title. */
export type GenerateFromFileOptions = LoadOptions & (Partial<PackagesOptions> | SingleOptions);

/** The result of generating from a contract's file. */
export interface FileResult extends GenerateResult {
  /** Null if it has errors. */
  readonly contract: Contract | null;
  /** The scope that was used: the given one, else one made from the contract's title; null without packages. */
  readonly scope: string | null;
  /** How a document of AsyncAPI 2 was read. */
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

/** Loads, checks and generates. Never throws, whatever the contract contains: the result has the diagnostics. */
export async function generateFromFile(path: string, options: GenerateFromFileOptions = {}): Promise<FileResult> {
  const { contract, diagnostics, conversion } = await loadContract(path, options);
  const { layout = "packages" } = options;
  if (contract === null) return { contract, layout, files: [], diagnostics, scope: null, conversion };
  const chosen = options.layout === "single" ? options : { scope: options.scope ?? scopeOf(contract.title) };
  const { files, diagnostics: found } = generate(contract, chosen);
  const scope = "scope" in chosen ? chosen.scope : null;
  return { contract, layout, files, diagnostics: [...diagnostics, ...found], scope, conversion };
}
