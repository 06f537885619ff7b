import type { Conversion, Perspective } from "./contract.js";
import type { Reporter } from "./diagnostics/reporter.js";
import { reportOlderLayout } from "./official/layout.js";
import { loadRefs } from "./refs/check.js";
import { findExpansion, maxExpandedValues } from "./refs/expansion.js";
import { createContractReader } from "./source/contract-reader.js";
import { type Files, openFiles, type ReadFile, readFailure } from "./source/files.js";
import { entry, type MapNode } from "./source/tree.js";
import { type ConversionFailure, convertDocument } from "./versions/convert.js";
import { findPartOf3, versionOf } from "./versions/layout.js";
import { otherLanguage, versionProblem } from "./versions/unknown.js";

/** How a document is read. */
export interface LoadOptions {
  /**
   * Reads the file of a `$ref`, by its path relative to the working directory; rejects if there is none. Default: from
   * the disk, as `createContractReader` does.
   */
  readonly readFile?: ReadFile;
  /**
   * Whose `publish` and `subscribe` a document of version 2 describes. By the specification, and by default, `publish`
   * is what others do to the application, which receives it; many documents describe what a client does. It has no
   * effect on version 3.
   */
  readonly perspective?: Perspective | undefined;
  /** Whether a channel that cannot be generated, or wrong documentation, is an error. Default: false, a warning. */
  readonly strict?: boolean;
}

const start = (file: string) => ({ file, line: 1, column: 1 });

/** A document that the rules can be run on. */
export interface OpenedDocument {
  /** The document as version 3, with every local file behind it. */
  readonly files: Files;
  readonly root: MapNode;
  /** Null where it was version 3 already. */
  readonly conversion: Conversion | null;
  readonly failures: readonly ConversionFailure[];
}

const reportVersion = (files: Files, reporter: Reporter) => {
  const { text, root, name } = files.main;
  const position = entry(root, "asyncapi")?.position ?? root?.position ?? start(name);
  reporter.report("asyncapi-version", position, versionProblem(text, root));
};

/** Says where a document of version 2 has the layout of version 3. Returns whether it does. */
const reportPartOf3 = (files: Files, root: MapNode, version: string, reporter: Reporter): boolean => {
  const found = findPartOf3(files, root);
  if (found === null) return false;
  const [name, node] = found;
  reporter.report("asyncapi-version", node.label, {
    message: `${name} is part of the layout of AsyncAPI 3, and the document says ${version}`,
    fix: "start the document with asyncapi: 3.1.0, and write all of it in the layout of AsyncAPI 3",
  });
  return true;
};

/** Says which parts of a document of version 2 could not be converted. */
export const reportFailures = ({ failures, conversion }: OpenedDocument, reporter: Reporter) => {
  for (const { position, name, reason } of failures) {
    reporter.report("asyncapi-version", position, {
      message: `${name} of AsyncAPI ${conversion?.version} cannot be converted: the converter fails (${reason})`,
      fix: "correct this part by the specification of that version, or write the document as AsyncAPI 3",
    });
  }
};

const reportSyntax = (files: Files, reporter: Reporter) => {
  const { main } = files;
  const foreign = files.problems.some(({ position }) => position.file === main.name) ? otherLanguage(main.text) : null;
  if (foreign !== null) return reporter.report("asyncapi-version", start(main.name), foreign);
  for (const { position, message, fix } of files.problems)
    reporter.report("yaml-syntax", position, { message, fix: fix ?? "correct the YAML at this place" });
};

/** Reads every local file behind a document. Returns whether there is something to go on with. */
const openFilesBehind = async (files: Files, root: MapNode, reporter: Reporter): Promise<boolean> => {
  await loadRefs(files, reporter);
  reportSyntax(files, reporter);
  const large = findExpansion(files, root);
  if (large === null) return true;
  reporter.report("ref-expansion", large.position, {
    message: `this has more than ${maxExpandedValues.toLocaleString("en-US")} values once its $refs are written out`,
    fix: "refer to each schema once here: those that it leads to refer to others again and again",
  });
  return false;
};

/** The document with every local file behind it read, as version 3; null where there is nothing to go on with. */
export const openDocument = async (
  files: Files,
  reporter: Reporter,
  perspective: Perspective = "application",
): Promise<OpenedDocument | null> => {
  if (files.problems.length > 0) {
    reportSyntax(files, reporter);
    return null;
  }
  const { root } = files.main;
  const found = versionOf(root);
  if (found === null || root?.kind !== "map") {
    reportVersion(files, reporter);
    return null;
  }
  if (found.major === 3 && reportOlderLayout(files, root, reporter)) return null;
  if (!(await openFilesBehind(files, root, reporter))) return null;
  if (found.major === 3) return { files, root, conversion: null, failures: [] };
  if (reportPartOf3(files, root, found.version, reporter)) return null;
  const conversion = { version: found.version, perspective };
  return { ...(await convertDocument(files, root, perspective)), conversion };
};

/** The files of a contract, its own file read; null, and reported, where that cannot be read. */
export const openPath = async (path: string, options: LoadOptions, reporter: Reporter): Promise<Files | null> => {
  const readFile = options.readFile ?? createContractReader({ file: path });
  try {
    return openFiles((await readFile(path)).replace(/^\uFEFF/, ""), path, readFile);
  } catch (error) {
    reportUnreadable(reporter, path, error);
    return null;
  }
};

/** Says that the file itself cannot be read. */
export const reportUnreadable = (reporter: Reporter, path: string, error: unknown) =>
  reporter.report("file-unreadable", start(path), {
    message: `cannot read ${path}: ${readFailure(error)}`,
    fix: "pass the path of an AsyncAPI document in YAML or JSON",
  });
