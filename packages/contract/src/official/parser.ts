import type { Json } from "@keyline/json-schema";
import type { Diagnostic, Position, Severity } from "../contract.js";
import { locatePath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { disguise, undisguise } from "../source/proto-names.js";
import { type SourceNode, toJson } from "../source/tree.js";
import { versionOf } from "../versions/layout.js";
import { compileOnce, type Ruleset } from "./compile-once.js";
import { uncaught } from "./uncaught.js";

/** What we use of a diagnostic of the official parser; its own types stay out of this package's. */
interface ParserDiagnostic {
  readonly code: string | number;
  readonly message: string;
  readonly severity: number;
  readonly path: readonly (string | number)[];
  readonly source?: string | undefined;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** A diagnostic of the official parser, with the node that it is about where that is known. */
export interface OfficialDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly node: SourceNode | null;
  /** Where it is in its file. */
  readonly path: Path;
}

const severities: readonly Severity[] = ["error", "warning", "info", "info"];

/** Stands for whatever may not or cannot be read. A resolver that throws would make the parser try its own, which fetch. */
const nothing = "{}";

/** Whether a file was read, and could be: the parser gets no other, and would take long for what ours refuses for its size. */
const isRead = (files: Files, path: string): boolean => Boolean(files.byPath.get(path)?.root);

/** What we use of the Spectral that a parser is made around. */
interface Spectral {
  readonly ruleset: Ruleset;
  runWithResolved(document: object): Promise<{ readonly results: readonly ParserDiagnostic[] }>;
}

/** The names of fields on the way to a place in a file. */
export type Path = readonly string[];

const createSpectral = async (files: Files): Promise<Spectral> => {
  const { Parser } = await import("@asyncapi/parser");
  const read = (uri: { path(): string }) => {
    const file = files.byPath.get(decodeURIComponent(uri.path()));
    return file?.root ? disguise(file.text) : nothing;
  };
  const resolvers = [
    { schema: "file", order: 1, canRead: true, read },
    ...["http", "https"].map((schema) => ({
      schema,
      order: 1,
      canRead: true,
      read: () => nothing,
    })),
  ];
  const parser: object = new Parser({ __unstable: { resolver: { cache: false, resolvers } } });
  const { spectral } = parser as { readonly spectral: Spectral };
  compileOnce(spectral.ruleset);
  return spectral;
};

/** Takes the field that a path leads to out of a value. */
const remove = (value: Json, [field = "", ...rest]: Path): void => {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return;
  const fields = value as { [field: string]: Json };
  if (rest.length === 0) delete fields[field];
  else remove(fields[field] as Json, rest);
};

/** The plain value of the main document without some of its fields. */
const jsonWithout = (root: SourceNode, leftOut: readonly Path[]): Json => {
  const json = JSON.parse(disguise(JSON.stringify(toJson(root)))) as Json;
  for (const path of leftOut) remove(json, path.map(disguise));
  return json;
};

/** The main document as Spectral takes one that is parsed: its own reading takes as long as ours, and with the square of a map's names. */
const parsedDocument = (files: Files, root: SourceNode, leftOut: readonly Path[]) => ({
  source: files.main.path,
  parsed: { data: jsonWithout(root, leftOut), diagnostics: [] },
  getLocationForJsonPath: (_: unknown, path: ParserDiagnostic["path"]) => {
    const { line, column } = locatePath(files, root, path.map(String).map(undisguise)).position;
    const start = { line: line - 1, character: column - 1 };
    return { range: { start, end: start } };
  },
});

const nodeOf = (files: Files, { source, path }: ParserDiagnostic): SourceNode | null => {
  const root = files.byPath.get(source ?? files.main.path)?.root;
  return root && path.length > 0 ? locatePath(files, root, path.map(String).map(undisguise)) : null;
};

const rangeStart = (files: Files, { source, range }: ParserDiagnostic): Position => ({
  file: files.byPath.get(source ?? files.main.path)?.name ?? files.main.name,
  line: Math.max(range.start.line + 1, 1),
  column: Math.max(range.start.character + 1, 1),
});

const toDiagnostic = (files: Files, found: ParserDiagnostic): OfficialDiagnostic => {
  const node = nodeOf(files, found);
  const { file, line, column } = node?.position ?? rangeStart(files, found);
  const severity = severities[found.severity] ?? "error";
  const rule = `asyncapi/${found.code}`;
  const message = undisguise(found.message);
  return {
    node,
    path: found.path.map(String).map(undisguise),
    diagnostic: { file, line, column, rule, severity, message, fix: null },
  };
};

const crashed = (files: Files): OfficialDiagnostic => {
  const { position, message, fix } = uncaught(files);
  const { file, line, column } = position;
  const rule = "asyncapi/uncaught-error";
  return { node: null, path: [], diagnostic: { file, line, column, rule, severity: "error", message, fix } };
};

/**
 * What is left out of what the parser says of version 2: recommendations that it has for no document of version 3, what our
 * rule `example-invalid` says of both versions, and that there are newer ones.
 */
const leftOut: ReadonlySet<string | number> = new Set([
  ...["asyncapi-id", "asyncapi-defaultContentType", "asyncapi-servers", "asyncapi-unused-component", "asyncapi2-tags"],
  ...["asyncapi-info-description", "asyncapi-info-contact", "asyncapi-info-contact-properties"],
  ...["asyncapi-info-license", "asyncapi-info-license-url", "asyncapi2-server-no-empty-variable"],
  ...["asyncapi2-server-no-trailing-slash", "asyncapi2-channel-no-empty-parameter"],
  ...["asyncapi2-channel-no-trailing-slash", "asyncapi2-operation-operationId", "asyncapi2-message-messageId"],
  ...[
    "asyncapi-latest-version",
    "asyncapi2-unused-securityScheme",
    "asyncapi2-message-examples",
    "asyncapi2-message-examples-custom-format",
  ],
]);

/** What our rule `address-undeclared` says of both versions, and of each channel that is read. */
const saidByOurs: ReadonlySet<string | number> = new Set([
  "asyncapi2-channel-parameters",
  "asyncapi3-channel-parameters",
]);

/** Whether it only says that a schema format is one that the parser does not know: ours says which are read. */
const isAboutFormat = ({ code, message }: ParserDiagnostic) =>
  code === "asyncapi2-schemas" && message.startsWith("No schema parser registered");

/** Whether a diagnostic is about a file of ours, not about what stands for one that was not read. */
const isOurs = (files: Files, { source, code, message }: ParserDiagnostic) => {
  const [, target] = (code === "invalid-ref" && / @ '(.*)'$/.exec(message)) || [];
  return [source, target].every((file) => file === undefined || isRead(files, file));
};

/** What the parser says; null where it throws. */
const validate = async (files: Files, leftOut: readonly Path[]): Promise<readonly ParserDiagnostic[] | null> => {
  const { root } = files.main;
  if (root === null) return null;
  try {
    const spectral = await createSpectral(files);
    return (await spectral.runWithResolved(parsedDocument(files, root, leftOut))).results;
  } catch {
    return null;
  }
};

/**
 * What the official parser says about the main document without some of its fields. It sees local files only as they were
 * read before.
 */
export const officialDiagnostics = async (
  files: Files,
  leftOutParts: readonly Path[] = [],
): Promise<readonly OfficialDiagnostic[]> => {
  const found = await validate(files, leftOutParts);
  if (found === null) return [crashed(files)];
  const isVersion2 = versionOf(files.main.root)?.major === 2;
  const isLeftOut = ({ code }: ParserDiagnostic) => saidByOurs.has(code) || (isVersion2 && leftOut.has(code));
  return found
    .filter((one) => isOurs(files, one) && !isLeftOut(one) && !isAboutFormat(one))
    .map((one) => toDiagnostic(files, one));
};
