import type { Reporter } from "./diagnostics/reporter.js";
import { reportOlderLayout } from "./official/layout.js";
import { loadRefs } from "./refs/check.js";
import { findExpansion, maxExpandedValues } from "./refs/expansion.js";
import { type Files, type ReadFile, readFailure } from "./source/files.js";
import { entry, type MapNode, toJson } from "./source/tree.js";

/** How a document is read. */
export interface LoadOptions {
  /**
   * Reads a file that a `$ref` leads to, by its path relative to the working directory; rejects where there is none.
   * Default: from the disk, as `createContractReader` does.
   */
  readonly readFile?: ReadFile;
  /** Whether a channel that cannot be generated is an error. Default: false, a warning. */
  readonly strict?: boolean;
}

const versions: ReadonlySet<unknown> = new Set(["3.0.0", "3.1.0"]);

const start = (file: string) => ({ file, line: 1, column: 1 });

const reportVersion = (files: Files, reporter: Reporter) => {
  const at = entry(files.main.root, "asyncapi");
  const fix = "start the document with asyncapi: 3.1.0; @asyncapi/converter turns AsyncAPI 2 into 3";
  const message = at
    ? `AsyncAPI version ${JSON.stringify(toJson(at))} is not supported`
    : "no AsyncAPI document: it has no asyncapi field";
  reporter.report("asyncapi-version", at?.position ?? files.main.root?.position ?? start(files.main.name), {
    message,
    fix,
  });
};

/** The root of a document that the rules can be run on. */
const supportedRoot = (files: Files): MapNode | null => {
  const root = files.main.root;
  const version = entry(root, "asyncapi");
  return root?.kind === "map" && version?.kind === "scalar" && versions.has(version.value) ? root : null;
};

const reportSyntax = (files: Files, reporter: Reporter) => {
  for (const { position, message } of files.problems) {
    reporter.report("yaml-syntax", position, { message, fix: "correct the YAML at this place" });
  }
};

/** The document's root with every local file behind it read; null where there is nothing to go on with. */
export const openDocument = async (files: Files, reporter: Reporter): Promise<MapNode | null> => {
  if (files.problems.length > 0) {
    reportSyntax(files, reporter);
    return null;
  }
  const root = supportedRoot(files);
  if (root === null) {
    reportVersion(files, reporter);
    return null;
  }
  if (reportOlderLayout(files, root, reporter)) return null;
  await loadRefs(files, reporter);
  reportSyntax(files, reporter);
  const large = findExpansion(files, root);
  if (large === null) return root;
  reporter.report("ref-expansion", large.position, {
    message: `this has more than ${maxExpandedValues.toLocaleString("en-US")} values once its $refs are written out`,
    fix: "refer to each schema once here: those that it leads to refer to others again and again",
  });
  return null;
};

/** Says that the file itself cannot be read. */
export const reportUnreadable = (reporter: Reporter, path: string, error: unknown) =>
  reporter.report("file-unreadable", start(path), {
    message: `cannot read ${path}: ${readFailure(error)}`,
    fix: "pass the path of an AsyncAPI document in YAML or JSON",
  });
