import type { JsonSchema } from "@keyline/json-schema";
import type { Contract, Conversion, Diagnostic, Perspective, Position } from "./contract.js";
import { createReporter, type Reporter } from "./diagnostics/reporter.js";
import { deepFreeze } from "./freeze.js";
import { readContract } from "./model/contract.js";
import { type LoadOptions, openDocument, openPath, reportFailures } from "./open-document.js";
import { follow } from "./refs/resolve.js";
import { locatePath } from "./schemas/locate.js";
import { createSchemaRegistry } from "./schemas/registry.js";
import type { Files } from "./source/files.js";
import { entry, type SourceNode } from "./source/tree.js";

/** A contract as it was read, even if rules fail, with the place of each part. */
export interface ContractSource {
  readonly contract: Contract;
  /** Whether the document has a value at a path. References are followed. */
  has(path: readonly string[]): boolean;
  /** The place of a value in the document, or the nearest place above it. References are followed. */
  placeOf(path: readonly string[]): Position;
  /** The place of a schema, or of a part of it, or the nearest place above it; null if it was not read from here. */
  placeOfSchema(schema: JsonSchema, path: readonly string[]): Position | null;
}

/** The result of reading a source: null if there is nothing to compare, with the diagnostics that say why. */
export interface ContractSourceResult {
  readonly source: ContractSource | null;
  readonly diagnostics: readonly Diagnostic[];
  /** How a document of version 2 was taken; null for version 3. */
  readonly conversion: Conversion | null;
}

const labelOf = ({ label: { file, line, column } }: SourceNode): Position => ({ file, line, column });

/** The place that a path leads to from a node, or the last one on the way. */
const placeWithin = (origin: SourceNode, path: readonly string[]): Position =>
  labelOf(
    path.reduce<SourceNode>((at, token) => {
      const next = at.kind === "list" ? at.items[Number(token)] : entry(at, token);
      return next ?? at;
    }, origin),
  );

interface Read {
  readonly source: ContractSource | null;
  readonly conversion: Conversion | null;
}

const nothing: Read = { source: null, conversion: null };

const readFrom = async (written: Files, reporter: Reporter, perspective?: Perspective): Promise<Read> => {
  const opened = await openDocument(written, reporter, perspective);
  if (opened === null || written.problems.length > 0) return nothing;
  const { files, root, conversion, failures } = opened;
  reportFailures(opened, reporter);
  if (failures.length > 0) return { source: null, conversion };
  const schemas = createSchemaRegistry(files, reporter);
  const contract = readContract(
    { files, root, reporter, schemas, isValid: true, isStrict: false },
    { checksSchemas: false },
  );
  const source: ContractSource = {
    contract: deepFreeze(contract),
    has: (path) => follow(files, root, ...path) !== null,
    placeOf: (path) => labelOf(locatePath(files, root, path)),
    placeOfSchema: (schema, path) => {
      const origin = typeof schema === "boolean" ? undefined : schemas.originOf(schema);
      return origin === undefined ? null : placeWithin(origin, path);
    },
  };
  return { source, conversion };
};

/** Reads a document for a comparison, even if rules fail, without the official parser. Never throws. */
export const loadContractSource = async (path: string, options: LoadOptions = {}): Promise<ContractSourceResult> => {
  const reporter = createReporter();
  const files = await openPath(path, options, reporter);
  const { source, conversion } = files ? await readFrom(files, reporter, options.perspective) : nothing;
  return { source, conversion, diagnostics: source === null ? reporter.sorted(path) : [] };
};
