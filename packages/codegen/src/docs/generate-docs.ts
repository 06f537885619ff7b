import type { Contract } from "@keyline/contract";
import type { EmitContext } from "../emit/context.js";
import { type ImportEnding, importEndings, type Layout, packagesLayout, singleLayout } from "../emit/layout.js";
import { tool } from "../emit/manifest.js";
import type { GeneratedFile } from "../generated-file.js";
import { createSchemaGraph } from "../model/schema-graph.js";
import { planNames } from "../names/plan.js";
import type { DocsPage } from "./context.js";
import { indexPage } from "./index-page.js";
import { schemaDocument, schemaMark } from "./json-schema-file.js";
import { drawMap, type MapOptions } from "./map.js";
import { mapPage } from "./map-page.js";
import { json, plain } from "./markdown.js";
import { messagePage } from "./message-page.js";
import { paths } from "./paths.js";
import { topicPage } from "./topic-page.js";

/** Snippets import from packages of this npm scope, e.g. `@student-events`. */
interface FromPackages {
  readonly scope: string;
}

/** Snippets import from a folder beside the module that they stand in, e.g. `keyline`. */
interface FromFolder {
  readonly folder: string;
  /** How the paths end. Default `js`. */
  readonly imports?: ImportEnding | undefined;
}

/** How the pages are written. */
export type DocsOptions = PageOptions & (FromPackages | FromFolder);

interface PageOptions {
  /** A page about what the order promises, as a path from the folder of the docs. Default none: no page points there. */
  readonly promises?: string;
  /** Where the map's topics lead. Default their pages. */
  readonly hrefOfTopic?: MapOptions["hrefOf"];
}

/** A contract's pages, and the files that they use: a drawing, and JSON Schemas to download. */
export interface Docs {
  readonly pages: readonly DocsPage[];
  readonly files: readonly GeneratedFile[];
}

function layoutOf(options: DocsOptions): Layout {
  if ("scope" in options) return packagesLayout(options.scope);
  const { folder, imports = "js" } = options;
  return { ...singleLayout(imports), part: (part) => `./${folder}/${part}${importEndings[imports]}` };
}

/**
 * Writes the pages of a contract in plain Markdown: an index, a map, a page for each topic and for each message. Pure:
 * the same contract and options give the same bytes. Text of the contract is escaped. Throws a RangeError if `scope` is
 * not a valid npm scope.
 */
export function generateDocs(contract: Contract, options: DocsOptions): Docs {
  const { promises, hrefOfTopic } = options;
  const layout = layoutOf(options);
  const source = contract.file.split(/[\\/]/).at(-1) ?? "";
  const names = planNames(contract);
  const context: EmitContext = {
    contract,
    names,
    graph: createSchemaGraph(contract),
    header: { tool, source },
    layout,
  };
  const drawing = drawMap(context, { hrefOf: hrefOfTopic ?? paths.topic });
  return {
    pages: [
      indexPage(context),
      mapPage(context),
      ...names.topics.map((topic) => topicPage(topic, context, { promises: promises ?? null })),
      ...names.messages.map((message) => messagePage(message, context)),
    ],
    files: [
      { path: paths.drawing, content: drawing },
      ...names.messages.map((message) => ({
        path: paths.schema(message),
        content: `${json(schemaDocument(message.message, contract))}\n`,
      })),
    ],
  };
}

/** The last line of every page. It distinguishes a page that is no longer generated from others' files. */
const docsMark = "<!-- Written by keyline docs: change the contract instead. -->";

/** Whether this generator wrote a page or a schema. */
export const isDocsFile = (content: string): boolean =>
  content.trimEnd().endsWith(docsMark) || content.includes(`"$comment": ${JSON.stringify(schemaMark)}`);

/** A page as a Markdown file that stands for itself. */
const pageFile = ({ path, title, body }: DocsPage): GeneratedFile => ({
  path,
  content: `# ${plain(title)}\n\n${body}\n\n${docsMark}\n`,
});

/** All of a contract's docs as files, sorted by path. */
export const docsFiles = ({ pages, files }: Docs): readonly GeneratedFile[] =>
  [...pages.map(pageFile), ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
