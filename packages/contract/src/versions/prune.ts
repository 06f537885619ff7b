import type { Json } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";
import { createReporter } from "../diagnostics/reporter.js";
import { officialDiagnostics } from "../official/parser.js";
import { refineOfficial } from "../official/refine.js";
import { loadRefs } from "../refs/check.js";
import { openFiles, type ReadFile } from "../source/files.js";

/** What a binding of version 2 has and version 3 refuses. */
export interface LeftOut {
  /** Where it was in the converted document. */
  readonly path: readonly string[];
  readonly reason: string;
}

/** A part of a binding, but none of a key's schema, by its path; names that the author gave have no slash in it. */
const inBinding = new RegExp(
  "^(components/)?(servers|channels|operations|messages|messageTraits|operationTraits)/[^/]+(/messages/[^/]+)?/bindings/(?!kafka/key/)." +
    "|^components/(server|channel|operation|message)Bindings/[^/]+/(?!kafka/key/).",
);

const isInBinding = (path: readonly string[]) => inBinding.test(path.map(encodeURIComponent).join("/"));

const without = (value: Json, [key, ...rest]: readonly string[]): Json => {
  if (typeof value !== "object" || value === null || key === undefined) return value;
  if (Array.isArray(value))
    return value.flatMap((one, index) =>
      String(index) !== key ? [one] : rest.length === 0 ? [] : [without(one, rest)],
    );
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      name !== key ? [[name, one]] : rest.length === 0 ? [] : [[name, without(one, rest)]],
    ),
  );
};

const isBelow = (above: readonly string[], path: readonly string[]) =>
  path.length > above.length && above.every((key, index) => key === path[index]);

const refusedIn = async (text: string, name: string, readFile: ReadFile): Promise<readonly LeftOut[]> => {
  const files = openFiles(text, name, readFile);
  await loadRefs(files, createReporter());
  const found = refineOfficial(files, await officialDiagnostics(files));
  const refused = found.flatMap(({ node, diagnostic }) => {
    const isRefused = node !== null && node.file === files.main.path && isInBinding(node.path);
    return isRefused && diagnostic.severity === "error" ? [{ path: node.path, reason: reasonOf(diagnostic) }] : [];
  });
  const once = [...new Map(refused.map((one) => [JSON.stringify(one.path), one])).values()];
  // A part may be right once what is wrong in it has gone.
  return once.filter(({ path }) => !once.some((other) => isBelow(path, other.path)));
};

const reasonOf = ({ message }: Diagnostic) =>
  / is not expected to be here$/.test(message) ? "it is unknown there" : message;

/**
 * A converted document without what version 3 refuses in bindings: version 2 has no schemas for them, so that any word
 * may stand in one.
 */
export const pruneBindings = async (
  document: Json,
  print: (document: Json) => string,
  { name, readFile }: { readonly name: string; readonly readFile: ReadFile },
): Promise<{ readonly text: string; readonly leftOut: readonly LeftOut[] }> => {
  const text = print(document);
  const refused = await refusedIn(text, name, readFile);
  // Those of a list go from its end, so that the numbers before them stay.
  const pruned = refused.toReversed().reduce((made, { path }) => without(made, path), document);
  if (print(pruned) === text) return { text, leftOut: [] };
  const rest = await pruneBindings(pruned, print, { name, readFile });
  const isWithin = ({ path }: LeftOut) => rest.leftOut.some((later) => isBelow(later.path, path));
  return { text: rest.text, leftOut: [...refused.filter((one) => !isWithin(one)), ...rest.leftOut] };
};
