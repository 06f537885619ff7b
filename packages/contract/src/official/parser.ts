import type { Diagnostic, Position, Severity } from "../contract.js";
import { locatePath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";

/** What we use of a diagnostic of the official parser; its own types stay out of this package's. */
interface Finding {
  readonly code: string | number;
  readonly message: string;
  readonly severity: number;
  readonly path: readonly (string | number)[];
  readonly source?: string | undefined;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

const severities: readonly Severity[] = ["error", "warning", "info", "info"];

/** Stands for whatever may not or cannot be read. A resolver that throws would make the parser try its own, which fetch. */
const nothing = "{}";

const createParser = async (files: Files) => {
  const { Parser } = await import("@asyncapi/parser");
  const read = (uri: { path(): string }) => files.byPath.get(decodeURIComponent(uri.path()))?.text ?? nothing;
  const resolvers = [
    { schema: "file", order: 1, canRead: true, read },
    ...["http", "https"].map((schema) => ({ schema, order: 1, canRead: true, read: () => nothing })),
  ];
  return new Parser({ __unstable: { resolver: { cache: false, resolvers } } });
};

const positionOf = (files: Files, { source, range, path }: Finding): Position => {
  const { root, path: mainPath, name } = files.main;
  const file = source === undefined || source === mainPath ? null : (files.byPath.get(source) ?? null);
  if (file === null && root && path.length > 0) return locatePath(files, root, path.map(String)).position;
  return { file: file?.name ?? name, line: range.start.line + 1, column: range.start.character + 1 };
};

const toDiagnostic = (files: Files, finding: Finding): Diagnostic => ({
  ...positionOf(files, finding),
  rule: `asyncapi/${finding.code}`,
  severity: severities[finding.severity] ?? "error",
  message: finding.message,
  fix: null,
});

const crashed = (files: Files, error: unknown): Diagnostic => ({
  file: files.main.name,
  line: 1,
  column: 1,
  rule: "asyncapi/uncaught-error",
  severity: "error",
  message: `the AsyncAPI parser failed: ${error instanceof Error ? error.message : String(error)}`,
  fix: null,
});

/** What the official parser says about the main document. It sees local files only as they were read before. */
export const officialDiagnostics = async (files: Files): Promise<readonly Diagnostic[]> => {
  try {
    const parser = await createParser(files);
    const found: readonly Finding[] = await parser.validate(files.main.text, { source: files.main.path });
    return found.map((finding) => toDiagnostic(files, finding));
  } catch (error) {
    return [crashed(files, error)];
  }
};
