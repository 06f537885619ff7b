import { readdir, readFile, rm } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import { Application, LogLevel } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { pageOf } from "./guides.js";
import type { Section, SourcePage } from "./page.js";

/** What the SDK reference documents: the entries that are imported, by the name under which they are, and what for. */
const groups = [
  {
    heading: "To write an app",
    entries: [
      {
        module: "@keyline/runtime",
        file: "packages/runtime/src/index.ts",
        about: "producers, consumers, projections, errors; generated code binds it to a contract",
      },
      {
        module: "@keyline/kafkajs",
        file: "packages/transport-kafkajs/src/index.ts",
        about: "the transport on Apache Kafka by kafkajs, and its options",
      },
      {
        module: "@keyline/platformatic",
        file: "packages/transport-platformatic/src/index.ts",
        about: "the same transport by @platformatic/kafka",
      },
      {
        module: "@keyline/postgres",
        file: "packages/store-postgres/src/index.ts",
        about: "the store of projections on PostgreSQL and PGlite, views of states, the table of `ctx.once`",
      },
      {
        module: "@keyline/outbox",
        file: "packages/outbox/src/index.ts",
        about: "events written in the app's own transactions, and relays",
      },
    ],
  },
  {
    heading: "To test it",
    entries: [
      {
        module: "@keyline/runtime/memory",
        file: "packages/runtime/src/memory/index.ts",
        about: "a cluster inside the process, which can be made to fail",
      },
      {
        module: "@keyline/runtime/testing",
        file: "packages/runtime/src/testing/index.ts",
        about: "`testProjection`, a store in memory",
      },
      {
        module: "@keyline/outbox/testing",
        file: "packages/outbox/src/testing/index.ts",
        about: "an outbox that collects events, without a database",
      },
    ],
  },
  {
    heading: "To run it",
    entries: [
      {
        module: "@keyline/ops",
        file: "packages/ops/src/index.ts",
        about: "metrics, logs, health pages, a clean shutdown",
      },
      {
        module: "@keyline/opentelemetry",
        file: "packages/opentelemetry/src/index.ts",
        about: "spans and metrics of OpenTelemetry",
      },
    ],
  },
  {
    heading: "To extend Keyline",
    entries: [
      {
        module: "@keyline/kafka",
        file: "packages/kafka/src/index.ts",
        about: "the port that a client library for Kafka implements, and the transport on it",
      },
      {
        module: "@keyline/runtime/transport",
        file: "packages/runtime/src/transport.ts",
        about: "the port that a transport implements",
      },
      {
        module: "@keyline/runtime/store",
        file: "packages/runtime/src/store.ts",
        about: "the port that a store implements",
      },
      {
        module: "@keyline/runtime/tracing",
        file: "packages/runtime/src/tracing.ts",
        about: "the port that a tracer implements",
      },
      {
        module: "@keyline/runtime/tools",
        file: "packages/runtime/src/tools.ts",
        about: "decoding, scanning and joining logs, as the `keyline` command does",
      },
    ],
  },
] as const;

const entries = groups.flatMap((group) => [...group.entries]);

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
  const pages = await pagesIn(folder);
  const own = pages.filter(({ path }) => path !== entryPath).map((page) => withSentences(page, pages));
  const order = [entryPath, ...entries.map(({ module }) => `reference/${module}/README.md`)];
  const placeOf = ({ path }: SourcePage) => (order.includes(path) ? order.indexOf(path) : order.length);
  return { pages: [entryPage(), ...own].sort((a, b) => placeOf(a) - placeOf(b)), assets: [] };
}

const entryPath = "reference/README.md";

/** Where one begins: the modules by what they are for. */
function entryPage(): SourcePage {
  const table = ({ heading, entries }: (typeof groups)[number]) =>
    [
      `## ${heading}\n`,
      "| module | what is in it |",
      "| --- | --- |",
      ...entries.map(({ module, about }) => `| [${module}](${module}/README.md) | ${about} |`),
    ].join("\n");
  const start = ["functions/createProducer", "functions/createConsumer", "functions/defineProjection"]
    .map((one) => `[\`${one.slice("functions/".length)}\`](@keyline/runtime/${one}.md)`)
    .join(", ");
  return {
    path: entryPath,
    title: "SDK reference",
    description: "Every name that an app imports, with its options, defaults and errors.",
    body: [
      `Every name that an app imports, with its options, their defaults and what it throws. Begin with ${start}: generated code has the same names, bound to a contract.`,
      ...groups.map(table),
      "Errors have [pages by their codes](../errors/README.md); the command line has [its own](../commands/README.md).",
    ].join("\n\n"),
  };
}

/** A module's list says of each name what it is. */
function withSentences(page: SourcePage, pages: readonly SourcePage[]): SourcePage {
  const body = page.body.replaceAll(/^- \[[^\]]+\]\(([^)]+\.md)\)$/gm, (line, file: string) => {
    const target = posix.join(posix.dirname(page.path), file);
    const about = pages.find(({ path }) => path === target)?.description ?? "";
    return about === "" ? line : `${line}: ${inMarkdown(about)}`;
  });
  return body === page.body ? page : { ...page, body };
}

/** Text as Markdown that shows it. */
const inMarkdown = (text: string) => text.replaceAll(/[\\`*_[\]<>|]/g, "\\$&");

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
  const [, name] = /^[A-Z][a-z]+(?: [A-Za-z]+)?: ([\w$]+)/.exec(page.title) ?? [];
  return name === undefined ? page : { ...page, title: name };
}
