import { type Diagnostic, formatDiagnostic } from "@keyline/contract";
import { generateFromFile } from "./generate-from-file.js";
import type { GeneratedFile } from "./generated-file.js";

/** The document that the AsyncAPI generator hands to a template; its `meta` knows the file that it came from. */
interface ParsedDocument {
  meta?(key: string): unknown;
}

/** The template's parameters. */
interface TemplateParameters {
  readonly scope?: string;
  readonly contract?: string;
}

function sourceOf(document: ParsedDocument): string | null {
  const meta: unknown = document.meta?.("asyncapi");
  const source = typeof meta === "object" && meta !== null && "source" in meta ? meta.source : null;
  return typeof source === "string" ? source : null;
}

const report = (diagnostics: readonly Diagnostic[]) => diagnostics.map(formatDiagnostic).join("\n");

/**
 * What the AsyncAPI generator's template renders. The contract is read again from its file, so that findings have
 * positions. Rejects with the findings where there is an error.
 */
export async function filesForTemplate(
  document: ParsedDocument,
  { scope, contract }: TemplateParameters,
): Promise<readonly GeneratedFile[]> {
  const file = contract ?? sourceOf(document);
  if (file === null) throw new Error("the contract's path is unknown: pass the template parameter contract");
  const { files, diagnostics } = await generateFromFile(file, scope === undefined ? {} : { scope });
  if (diagnostics.some(({ severity }) => severity === "error")) {
    throw new Error(`${file} has errors, nothing was generated\n${report(diagnostics)}`);
  }
  return files;
}
