import { readdir, readFile, rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { Application, LogLevel } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { pageOf } from "./guides.js";
import type { Section, SourcePage } from "./page.js";

/** What the SDK reference documents: the entries that apps import from, by the name under which they do. */
const entries = [
  { module: "@keyline/runtime", file: "packages/runtime/src/index.ts" },
  { module: "@keyline/runtime/transport", file: "packages/runtime/src/transport.ts" },
  { module: "@keyline/runtime/store", file: "packages/runtime/src/store.ts" },
  { module: "@keyline/runtime/tracing", file: "packages/runtime/src/tracing.ts" },
  { module: "@keyline/runtime/tools", file: "packages/runtime/src/tools.ts" },
  { module: "@keyline/runtime/memory", file: "packages/runtime/src/memory/index.ts" },
  { module: "@keyline/runtime/testing", file: "packages/runtime/src/testing/index.ts" },
  { module: "@keyline/kafka", file: "packages/kafka/src/index.ts" },
  { module: "@keyline/kafkajs", file: "packages/transport-kafkajs/src/index.ts" },
  { module: "@keyline/platformatic", file: "packages/transport-platformatic/src/index.ts" },
  { module: "@keyline/postgres", file: "packages/store-postgres/src/index.ts" },
  { module: "@keyline/outbox", file: "packages/outbox/src/index.ts" },
  { module: "@keyline/outbox/testing", file: "packages/outbox/src/testing/index.ts" },
  { module: "@keyline/ops", file: "packages/ops/src/index.ts" },
  { module: "@keyline/opentelemetry", file: "packages/opentelemetry/src/index.ts" },
] as const;

/** Markdown that reads as the rest of the site does. */
const printing: Partial<PluginOptions> = {
  entryFileName: "README",
  outputFileStrategy: "members",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: false,
  useCodeBlocks: true,
  expandObjects: false,
  parametersFormat: "table",
  interfacePropertiesFormat: "list",
  propertyMembersFormat: "list",
  typeDeclarationFormat: "list",
  sanitizeComments: true,
};

/** The SDK's reference from its doc comments. Writes into `work` on the way. Throws where typedoc finds an error. */
export async function collectReference(root: string, work: string): Promise<Section> {
  const folder = join(work, "reference");
  const app = await Application.bootstrapWithPlugins(
    {
      entryPoints: entries.map(({ file }) => join(root, file)),
      entryPointStrategy: "resolve",
      tsconfig: join(root, "docs/site/tsconfig.reference.json"),
      plugin: ["typedoc-plugin-markdown"],
      readme: "none",
      // Types are checked by the build.
      skipErrorChecking: true,
      name: "SDK reference",
      disableSources: true,
      excludeInternal: true,
      excludePrivate: true,
      githubPages: false,
      logLevel: LogLevel.Error,
      outputs: [{ name: "markdown", path: folder }],
      ...printing,
    },
    [],
  );
  const project = await app.convert();
  if (!project || app.logger.hasErrors()) throw new Error("the SDK reference could not be read from the sources");
  for (const child of project.children ?? []) child.name = nameOf(child.name);
  await rm(folder, { recursive: true, force: true });
  await app.generateOutputs(project);
  return { pages: await pagesIn(folder), assets: [] };
}

/** Typedoc names an entry by its file without the ending, an index by its folder. Throws for one that is not listed. */
function nameOf(found: string): string {
  const entry = entries.find(({ file }) => [`packages/${found}.ts`, `packages/${found}/index.ts`].includes(file));
  if (!entry) throw new Error(`the SDK reference has an entry ${found} that is not listed`);
  return entry.module;
}

async function pagesIn(folder: string): Promise<readonly SourcePage[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md"));
  return Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = `reference/${file.slice(folder.length + 1).replaceAll(sep, "/")}`;
      return symbolPage(pageOf({ path, content: await readFile(file, "utf8") }));
    }),
  );
}

/** `Interface: ConsumerOptions<T>` is the page of `ConsumerOptions`. */
function symbolPage(page: SourcePage): SourcePage {
  const [, kind, name] = /^([A-Z][a-z]+(?: [A-Za-z]+)?): ([\w$]+)/.exec(page.title) ?? [];
  if (kind === undefined || name === undefined) return page;
  return { ...page, title: name, description: page.description || `${kind} of the SDK.` };
}
