import type { Contract, Diagnostic, Position } from "@keyline/contract";
import { type JsonSchema, schemaProblems } from "@keyline/json-schema";
import { emitConsumerFile, emitConsumerIndex } from "./emit/consumer.js";
import type { EmitContext } from "./emit/context.js";
import { emitDomainFile } from "./emit/domain-file.js";
import { emitEventsIndex } from "./emit/events-index.js";
import { emitManifest, emitTsconfig, type Part, tool } from "./emit/manifest.js";
import { emitMessageFile } from "./emit/message-file.js";
import { emitProducerFile, emitProducerIndex } from "./emit/producer.js";
import { emitReadme } from "./emit/readme.js";
import { emitSchemaFile } from "./emit/schema-file.js";
import { emitTopicFile } from "./emit/topic-file.js";
import { emitTopicsFile } from "./emit/topics-file.js";
import type { GeneratedFile } from "./generated-file.js";
import { createSchemaGraph, type SchemaGraph } from "./model/schema-graph.js";
import { planNames } from "./names/plan.js";

/** How code is generated. */
export interface GenerateOptions {
  /** The npm scope of the generated packages, with its `@`, e.g. `@student-events`. */
  readonly scope: string;
}

/** What generation yields: files, or the reasons why there are none. */
export interface GenerateResult {
  /** Sorted by path; empty when a diagnostic is an error. */
  readonly files: readonly GeneratedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether npm takes it as a scope. */
export const isScope = (text: string): boolean => /^@[a-z0-9][a-z0-9._-]{0,100}$/.test(text);

/**
 * Generates the packages `events`, `producer` and `consumer` from a contract. Pure: the same contract and options give
 * the same bytes. What cannot be generated is refused as a whole, with a diagnostic of the rule `schema-unsupported`.
 * Throws a RangeError where `scope` is none.
 */
export function generate(contract: Contract, options: GenerateOptions): GenerateResult {
  if (!isScope(options.scope)) {
    throw new RangeError(`scope ${JSON.stringify(options.scope)} is not a valid npm scope: pass one like @my-events`);
  }
  const graph = createSchemaGraph(contract);
  const diagnostics = findProblems(contract, graph);
  if (diagnostics.length > 0) return { files: [], diagnostics };
  const header = { tool, source: contract.file.split(/[\\/]/).at(-1) ?? "" };
  const context: EmitContext = { contract, names: planNames(contract), graph, header, scope: options.scope };
  const files = [...eventsFiles(context), ...clientFiles(context)];
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), diagnostics };
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
  const gen = (path: string, content: string) => ({ path: `events/src/gen/${path}.ts`, content });
  return [
    ...packageFiles("events", context),
    { path: "events/src/index.ts", content: emitEventsIndex(context) },
    gen("topics", emitTopicsFile(context)),
    ...[...schemas.values()].map((one) => gen(`schemas/${one.file}`, emitSchemaFile(one, context))),
    ...messages.map((one) => gen(`messages/${one.file}`, emitMessageFile(one, context))),
    ...topics.map((one) => gen(`topics/${one.file}`, emitTopicFile(one, context))),
    ...domains.map((one) => gen(`domains/${one.file}`, emitDomainFile(one, context))),
  ];
}

function clientFiles(context: EmitContext): GeneratedFile[] {
  return [
    ...packageFiles("producer", context),
    { path: "producer/src/index.ts", content: emitProducerIndex(context) },
    { path: "producer/src/gen/producer.ts", content: emitProducerFile(context) },
    ...packageFiles("consumer", context),
    { path: "consumer/src/index.ts", content: emitConsumerIndex(context) },
    { path: "consumer/src/gen/consumer.ts", content: emitConsumerFile(context) },
  ];
}

function packageFiles(part: Part, context: EmitContext): GeneratedFile[] {
  return [
    { path: `${part}/package.json`, content: emitManifest(part, context) },
    { path: `${part}/tsconfig.json`, content: emitTsconfig() },
    { path: `${part}/README.md`, content: emitReadme(part, context) },
  ];
}
