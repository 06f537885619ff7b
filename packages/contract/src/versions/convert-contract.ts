import type { Conversion, Diagnostic } from "../contract.js";
import { createReporter } from "../diagnostics/reporter.js";
import { type LoadOptions, openDocument, openPath, reportFailures } from "../open-document.js";
import { writeConverted } from "./write.js";

/** How a document is converted. */
export interface ConvertOptions extends LoadOptions {
  /** Where the result will be, which its `$ref`s start from. Default: the document's own path. */
  readonly out?: string;
}

/** A document of version 2 as one of version 3. */
export interface ConvertResult {
  /** The document in YAML; null where it is of version 3 already, or has errors. */
  readonly text: string | null;
  readonly conversion: Conversion | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes a document of version 2 as one of version 3. What version 3 writes otherwise is taken out of other files into this
 * one; schemas stay where they are. Never throws for what is in the document.
 */
export const convertContract = async (path: string, options: ConvertOptions = {}): Promise<ConvertResult> => {
  const reporter = createReporter();
  const files = await openPath(path, options, reporter);
  const opened = files && (await openDocument(files, reporter, options.perspective));
  if (opened) reportFailures(opened, reporter);
  const diagnostics = reporter.sorted(path);
  const isConverted = opened?.conversion && diagnostics.every(({ severity }) => severity !== "error");
  return {
    text: isConverted ? writeConverted(opened.files, opened.root, options.out ?? path) : null,
    conversion: opened?.conversion ?? null,
    diagnostics,
  };
};
