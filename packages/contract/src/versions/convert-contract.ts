import type { Conversion, Diagnostic, Position } from "../contract.js";
import { createReporter } from "../diagnostics/reporter.js";
import { parseContract } from "../load.js";
import { type LoadOptions, openDocument, openPath, reportFailures } from "../open-document.js";
import { createContractReader } from "../source/contract-reader.js";
import { entry, items, type MapNode, type SourceNode } from "../source/tree.js";
import { type LeftOut, pruneBindings } from "./prune.js";
import { convertedValue, printConverted } from "./write.js";

/** How a document is converted. */
export interface ConvertOptions extends LoadOptions {
  /** The path of the result, to which its `$ref`s are relative. Default: the document's own path. */
  readonly out?: string;
}

/** A document of version 2, converted to version 3. */
export interface ConvertResult {
  /** The document in YAML; null if it is of version 3 already, or has errors. */
  readonly text: string | null;
  readonly conversion: Conversion | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The parts of bindings that are left out, since version 3 refuses them. */
  readonly leftOut: readonly LeftOutWord[];
  /** The errors of the result, with their places in it. */
  readonly refused: readonly Diagnostic[];
}

/** A part of a binding that a conversion leaves out. */
export interface LeftOutWord {
  /** Its place in the original. */
  readonly position: Position;
  /** Its path in the result: `operations.pay.bindings.kafka.autoOffsetReset`. */
  readonly name: string;
  readonly reason: string;
}

const childOf = (node: SourceNode, key: string): SourceNode => entry(node, key) ?? items(node)[Number(key)] ?? node;

const leftOutOf = (root: MapNode, { path, reason }: LeftOut): LeftOutWord => ({
  position: path.reduce(childOf, root as SourceNode).label,
  name: path.join("."),
  reason,
});

/**
 * Converts a document of version 2 to version 3. Parts that version 3 writes differently are copied from other files
 * into this one; schemas stay in their files. Never throws, whatever the document contains.
 */
export const convertContract = async (path: string, options: ConvertOptions = {}): Promise<ConvertResult> => {
  const reporter = createReporter();
  const files = await openPath(path, options, reporter);
  const opened = files && (await openDocument(files, reporter, options.perspective));
  if (opened) reportFailures(opened, reporter);
  const diagnostics = reporter.sorted(path);
  const isConverted = opened?.conversion && diagnostics.every(({ severity }) => severity !== "error");
  const conversion = opened?.conversion ?? null;
  if (!isConverted) return { text: null, conversion, diagnostics, leftOut: [], refused: [] };
  const name = options.out ?? path;
  const place = { name, readFile: options.readFile ?? createContractReader({ file: name }) };
  const document = convertedValue(opened.files, opened.root, name);
  const { text, leftOut } = await pruneBindings(document, printConverted, place);
  const checked = await parseContract(text, { file: name, readFile: place.readFile });
  return {
    ...{ text, conversion, diagnostics, leftOut: leftOut.map((one) => leftOutOf(opened.root, one)) },
    refused: checked.diagnostics.filter(({ severity }) => severity === "error"),
  };
};
