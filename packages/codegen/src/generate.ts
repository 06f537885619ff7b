import type { Contract, Diagnostic, Position } from "@keyline/contract";
import { type JsonSchema, schemaProblems } from "@keyline/json-schema";
import { emitConsumerFile, emitConsumerIndex } from "./emit/consumer.js";
import type { EmitContext } from "./emit/context.js";
import { emitDomainFile } from "./emit/domain-file.js";
import { emitEventsIndex } from "./emit/events-index.js";
import { type ImportEnding, type Layout, type Part, packagesLayout, singleLayout } from "./emit/layout.js";
import { emitManifest, emitTsconfig, tool } from "./emit/manifest.js";
import { emitMessageFile } from "./emit/message-file.js";
import { emitProducerFile, emitProducerIndex } from "./emit/producer.js";
import { emitReadme } from "./emit/readme.js";
import { emitSchemaFile } from "./emit/schema-file.js";
import { emitTopicFile } from "./emit/topic-file.js";
import { emitTopicsFile } from "./emit/topics-file.js";
import type { GeneratedFile, GeneratedFiles } from "./generated-file.js";
import { createSchemaGraph, type SchemaGraph } from "./model/schema-graph.js";
import { planNames } from "./names/plan.js";

/** Generates three npm packages. */
export interface PackagesOptions {
  readonly layout?: "packages";
  /** The npm scope of the generated packages, with its `@`, e.g. `@student-events`. */
  readonly scope: string;
}

/** Generates one folder of TypeScript. */
export interface SingleOptions {
  readonly layout: "single";
  /**
   * The ending of the paths by which its files import each other. Default `js`, which every module setting compiles.
   */
  readonly imports?: ImportEnding | undefined;
}

/** How code is generated. */
export type GenerateOptions = PackagesOptions | SingleOptions;

/** The result of generation: files, or the reasons why there are none. */
export interface GenerateResult extends GeneratedFiles {
  readonly diagnostics: readonly Diagnostic[];
}

const layoutOf = (options: GenerateOptions): Layout =>
  options.layout === "single" ? singleLayout(options.imports ?? "js") : packagesLayout(options.scope);

/**
 * Generates a contract's events, producer and consumer. Pure: the same contract and options give the same bytes. If a
 * part cannot be generated, everything is refused, with a diagnostic of the rule `schema-unsupported`. Throws a
 * RangeError if `scope` is not a valid npm scope.
 */
export function generate(contract: Contract, options: GenerateOptions): GenerateResult {
  const layout = layoutOf(options);
  const graph = createSchemaGraph(contract);
  const diagnostics = findProblems(contract, graph);
  if (diagnostics.length > 0) return { layout: layout.name, files: [], diagnostics };
  const header = { tool, source: contract.file.split(/[\\/]/).at(-1) ?? "" };
  const context: EmitContext = { contract, names: planNames(contract), graph, header, layout };
  const files = [...eventsFiles(context), ...clientFiles(context), ...packageFiles(context)];
  return { layout: layout.name, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), diagnostics };
}

function findProblems(contract: Contract, { resolve }: SchemaGraph): readonly Diagnostic[] {
  const found = contract.schemas.flatMap(({ name, schema, position }) =>
    problemsOf({ subject: `schema ${name}`, name, schema, position }, resolve),
  );
  const inMessages = contract.channels.flatMap(({ messages }) =>
    messages.flatMap(({ id, payload, position }) =>
      problemsOf({ subject: `message ${id}`, name: null, schema: payload, position }, resolve),
    ),
  );
  const once = new Map([...found, ...inMessages].map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]));
  return [...once.values()];
}

interface Checked {
  readonly subject: string;
  readonly name: string | null;
  readonly schema: JsonSchema;
  readonly position: Position;
}

function problemsOf(checked: Checked, resolve: SchemaGraph["resolve"]): Diagnostic[] {
  const { subject, name, schema, position } = checked;
  return schemaProblems(name, schema, resolve).map(({ path, message }) => ({
    file: position.file,
    line: position.line,
    column: position.column,
    rule: "schema-unsupported",
    severity: "error",
    message: `${subject} cannot be generated: ${path.length > 0 ? `at /${path.join("/")} ` : ""}${message}`,
    fix: "say it with keywords of JSON Schema draft 7",
  }));
}

function eventsFiles(context: EmitContext): GeneratedFile[] {
  const { schemas, messages, topics, domains } = context.names;
  const file = (path: string, content: string) => ({ path: context.layout.file("events", path), content });
  return [
    file("index", emitEventsIndex(context)),
    file("gen/topics", emitTopicsFile(context)),
    ...[...schemas.values()].map((one) => file(`gen/schemas/${one.file}`, emitSchemaFile(one, context))),
    ...messages.map((one) => file(`gen/messages/${one.file}`, emitMessageFile(one, context))),
    ...topics.map((one) => file(`gen/topics/${one.file}`, emitTopicFile(one, context))),
    ...domains.map((one) => file(`gen/domains/${one.file}`, emitDomainFile(one, context))),
  ];
}

function clientFiles(context: EmitContext): GeneratedFile[] {
  const { file } = context.layout;
  return [
    { path: file("producer", "index"), content: emitProducerIndex(context) },
    { path: file("producer", "gen/producer"), content: emitProducerFile(context) },
    { path: file("consumer", "index"), content: emitConsumerIndex(context) },
    { path: file("consumer", "gen/consumer"), content: emitConsumerFile(context) },
  ];
}

const parts: readonly Part[] = ["events", "producer", "consumer"];

/** What makes a package of each part; one folder has none of it. */
function packageFiles(context: EmitContext): GeneratedFile[] {
  if (context.layout.name === "single") return [];
  return parts.flatMap((part) => [
    { path: `${part}/package.json`, content: emitManifest(part, context) },
    { path: `${part}/tsconfig.json`, content: emitTsconfig() },
    { path: `${part}/README.md`, content: emitReadme(part, context) },
  ]);
}
