import { fromRuntime, type Import } from "../printer/source-file.js";

/** The parts of the SDK: a package each, or a file each of one folder. */
export type Part = "events" | "producer" | "consumer";

/** `packages`: an npm package for each part. `single`: one folder of TypeScript inside a project. */
export type LayoutName = "packages" | "single";

/** The endings of import paths between the files of the layout `single`. */
export const importEndings = { js: ".js", ts: ".ts", none: "" } as const;

export type ImportEnding = keyof typeof importEndings;

/** Where the files of the SDK lie, and how they import each other. The rest of their text is the same in every layout. */
export interface Layout {
  readonly name: LayoutName;
  /** Where a file of a part lies; `path` is `index` or `gen/...`, without its ending. */
  file(part: Part, path: string): string;
  /** What a file of the same part is imported by; `path` is relative, without an ending. */
  sibling(path: string): string;
  /** What `gen/*.ts` of another part imports a part by. */
  part(part: Part): string;
  /** The import of zod's types. */
  readonly zod: Import;
}

/** Whether a text is a valid npm scope, with its `@`. */
export const isScope = (text: string): boolean => /^@[a-z0-9][a-z0-9._-]{0,100}$/.test(text);

/** Throws a RangeError where `scope` is not valid for npm. */
export const packagesLayout = (scope: string): Layout => {
  if (!isScope(scope)) {
    throw new RangeError(`scope ${JSON.stringify(scope)} is not a valid npm scope: pass one like @my-events`);
  }
  return {
    name: "packages",
    file: (part, path) => `${part}/src/${path}.ts`,
    sibling: (path) => `${path}.js`,
    part: (part) => `${scope}/${part}`,
    zod: { from: "zod", types: ["z"] },
  };
};

/**
 * One folder: an entry for each part beside `gen/`, which has the files of all three. Zod's types come by way of the runtime:
 * those of a version that the project has for itself may not fit.
 */
export const singleLayout = (imports: ImportEnding): Layout => {
  const ending = importEndings[imports];
  return {
    name: "single",
    file: (part, path) => `${path === "index" ? part : path}.ts`,
    sibling: (path) => `${path}${ending}`,
    part: (part) => `../${part}${ending}`,
    zod: fromRuntime("z"),
  };
};
