import type { Contract, Conversion, LoadResult } from "./contract.js";
import { createReporter, type Reporter } from "./diagnostics/reporter.js";
import { deepFreeze } from "./freeze.js";
import { readContract } from "./model/contract.js";
import { judgeOfficial } from "./official/judge.js";
import { isRepeated } from "./official/overlap.js";
import { type LoadOptions, openDocument, reportFailures, reportUnreadable } from "./open-document.js";
import { createSchemaRegistry } from "./schemas/registry.js";
import { createContractReader } from "./source/contract-reader.js";
import { type Files, openFiles } from "./source/files.js";

/** The place of a text that is in memory. */
export interface ParseOptions extends LoadOptions {
  /** The name that diagnostics show and that relative `$ref`s start from. Default: `asyncapi.yaml`. */
  readonly file?: string;
}

interface Read {
  readonly contract: Contract | null;
  readonly conversion: Conversion | null;
}

const readDocument = async (written: Files, reporter: Reporter, options: LoadOptions): Promise<Read> => {
  const opened = await openDocument(written, reporter, options.perspective);
  if (opened === null) return { contract: null, conversion: null };
  const { files, root, conversion } = opened;
  // The official parser knows version 2, so that it judges the document as it was written, and tells its places.
  const official = await judgeOfficial(written, options.strict ?? false);
  const isValid = official.every(({ diagnostic }) => diagnostic.severity !== "error");
  if (isValid) reportFailures(opened, reporter);
  const contract = readContract({
    files,
    root,
    reporter,
    schemas: createSchemaRegistry(files, reporter),
    isValid,
    isStrict: options.strict ?? false,
  });
  reporter.add(official.filter((one) => !isRepeated(reporter, one)).map(({ diagnostic }) => diagnostic));
  return { contract, conversion };
};

const finish = ({ contract, conversion }: Read, reporter: Reporter, file: string): LoadResult => {
  const diagnostics = reporter.sorted(file);
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return deepFreeze({ contract: failed ? null : contract, diagnostics, conversion });
};

/**
 * Checks an AsyncAPI document that is in memory. Never throws, whatever the document contains, and never uses a
 * network. The result has a contract unless a diagnostic is an error; it is deeply frozen and can be serialised.
 */
export const parseContract = async (text: string, options: ParseOptions = {}): Promise<LoadResult> => {
  const file = options.file ?? "asyncapi.yaml";
  const reporter = createReporter();
  const files = openFiles(text.replace(/^\uFEFF/, ""), file, options.readFile ?? createContractReader({ file }));
  return finish(await readDocument(files, reporter, options), reporter, file);
};

/**
 * Reads and checks an AsyncAPI document, with the official parser first, then with Keyline's rules. Never throws: a
 * missing or unreadable file is a diagnostic too. Diagnostics and the contract name files as `path` does.
 */
export const loadContract = async (path: string, options: LoadOptions = {}): Promise<LoadResult> => {
  const readFile = options.readFile ?? createContractReader({ file: path });
  try {
    return await parseContract(await readFile(path), { ...options, file: path, readFile });
  } catch (error) {
    const reporter = createReporter();
    reportUnreadable(reporter, path, error);
    return finish({ contract: null, conversion: null }, reporter, path);
  }
};
