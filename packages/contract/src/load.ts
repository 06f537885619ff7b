import type { Contract, Diagnostic, LoadResult } from "./contract.js";
import { createReporter, type Reporter } from "./diagnostics/reporter.js";
import { deepFreeze } from "./freeze.js";
import { readContract } from "./model/contract.js";
import { isRepeated } from "./official/overlap.js";
import { officialDiagnostics } from "./official/parser.js";
import { loadRefs } from "./refs/check.js";
import { createSchemaRegistry, type SchemaRegistry } from "./schemas/registry.js";
import { type Files, openFiles, type ReadFile, readFailure, readUtf8 } from "./source/files.js";
import { entry, type MapNode, toJson } from "./source/tree.js";

/** How local `$ref`s are read. */
export interface LoadOptions {
  /**
   * Reads a file that a `$ref` leads to, by its path relative to the working directory; rejects where there is none.
   * Default: from the disk, as UTF-8.
   */
  readonly readFile?: ReadFile;
}

/** Where a text that is already in memory belongs. */
export interface ParseOptions extends LoadOptions {
  /** The name that diagnostics show and that relative `$ref`s start from. Default: `asyncapi.yaml`. */
  readonly file?: string;
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
const openDocument = async (files: Files, reporter: Reporter): Promise<MapNode | null> => {
  if (files.problems.length > 0) {
    reportSyntax(files, reporter);
    return null;
  }
  const root = supportedRoot(files);
  if (root === null) {
    reportVersion(files, reporter);
    return null;
  }
  await loadRefs(files, reporter);
  reportSyntax(files, reporter);
  return root;
};

const readDocument = async (files: Files, reporter: Reporter): Promise<Contract | null> => {
  const root = await openDocument(files, reporter);
  if (root === null) return null;
  const official = await officialDiagnostics(files);
  const isValid = official.every(({ diagnostic }) => diagnostic.severity !== "error");
  const contract = readContract({ files, root, reporter, schemas: createSchemaRegistry(files, reporter), isValid });
  reporter.add(official.filter((one) => !isRepeated(reporter, one)).map(({ diagnostic }) => diagnostic));
  return contract;
};

/** A contract as it was read, rules kept or not, with where each part was written. */
export interface Source {
  readonly contract: Contract;
  readonly files: Files;
  readonly root: MapNode;
  readonly schemas: SchemaRegistry;
}

/** What reading a source gives: null and the findings that stand in the way where there is nothing to compare. */
export interface SourceResult {
  readonly source: Source | null;
  readonly diagnostics: readonly Diagnostic[];
}

const readFrom = async (files: Files, reporter: Reporter): Promise<Source | null> => {
  const root = await openDocument(files, reporter);
  if (root === null || files.problems.length > 0) return null;
  const schemas = createSchemaRegistry(files, reporter);
  const contract = readContract({ files, root, reporter, schemas, isValid: true }, { checksSchemas: false });
  return { contract: deepFreeze(contract), files, root, schemas };
};

/** Reads a document to compare it: whatever its rules say, without the official parser. Never throws. */
export const loadSource = async (path: string, options: LoadOptions = {}): Promise<SourceResult> => {
  const readFile = options.readFile ?? readUtf8;
  const reporter = createReporter();
  const text = await readFile(path).catch((error: unknown) => {
    reportUnreadable(reporter, path, error);
    return null;
  });
  const files = text === null ? null : openFiles(text.replace(/^\uFEFF/, ""), path, readFile);
  const source = files && (await readFrom(files, reporter));
  return { source, diagnostics: source === null ? reporter.sorted(path) : [] };
};

const reportUnreadable = (reporter: Reporter, path: string, error: unknown) =>
  reporter.report("file-unreadable", start(path), {
    message: `cannot read ${path}: ${readFailure(error)}`,
    fix: "pass the path of an AsyncAPI document in YAML or JSON",
  });

const finish = (contract: Contract | null, reporter: Reporter, file: string): LoadResult => {
  const diagnostics = reporter.sorted(file);
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return deepFreeze({ contract: failed ? null : contract, diagnostics });
};

/**
 * Checks an AsyncAPI document that is in memory. Never throws for what is in the document, and never uses a network.
 * A contract comes back unless a diagnostic is an error. The result is deeply frozen and can be serialised.
 */
export const parseContract = async (text: string, options: ParseOptions = {}): Promise<LoadResult> => {
  const file = options.file ?? "asyncapi.yaml";
  const reporter = createReporter();
  const files = openFiles(text.replace(/^\uFEFF/, ""), file, options.readFile ?? readUtf8);
  return finish(await readDocument(files, reporter), reporter, file);
};

/**
 * Reads and checks an AsyncAPI document: with the official parser first, then with Keyline's rules. Never throws: a
 * missing or unreadable file is a diagnostic too. Diagnostics and the contract name files as `path` does.
 */
export const loadContract = async (path: string, options: LoadOptions = {}): Promise<LoadResult> => {
  const readFile = options.readFile ?? readUtf8;
  try {
    return await parseContract(await readFile(path), { file: path, readFile });
  } catch (error) {
    const reporter = createReporter();
    reportUnreadable(reporter, path, error);
    return finish(null, reporter, path);
  }
};
