import { list, literal, printDeclared, printSchema } from "../json-schema/index.js";
import { type Envelope, envelopeOf, type Filling } from "../model/envelope.js";
import type { MessageNames } from "../names/plan.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import { createSchemaRefs, type EmitContext } from "./context.js";
import { describe } from "./describe.js";
import { descriptorFormat } from "./format.js";

/** `src/gen/messages/<name>.ts`: a message's schema, the types of reading and writing it, and its descriptor. */
export function emitMessageFile(names: MessageNames, context: EmitContext): string {
  const { message, type, constant, descriptor } = names;
  const refs = createSchemaRefs(context);
  const around = { recursive: () => false, resolve: context.graph.resolve };
  const envelope = envelopeOf(names, context.graph.resolve);
  const declared = printDeclared(message.payload, { ...around, ref: refs.declared });
  const parts = [
    `${describe(message)}export const ${constant} = ${printSchema(message.payload, { ...around, ref: refs.constant })};`,
    `${describe(message)}export type ${type} = z.infer<typeof ${constant}>;`,
    inputType(names, envelope),
    `/** The descriptor of ${type}. */\nexport const ${descriptor}: MessageDescriptor<${type}, ${names.input}> = ${printDescriptor(names, envelope, declared)};`,
  ];
  const symbols = topLevelFills(envelope).length > 0 ? (["Fillable"] as const) : [];
  const imports = [
    fromRuntime("MessageDescriptor", "s", ...symbols),
    { from: "zod", values: ["z"] },
    ...refs.imports("../schemas"),
  ];
  return printSource(context.header, imports, parts);
}

const topLevelFills = ({ fill }: Envelope) => fill.flatMap(({ path }) => (path.length === 1 ? path : []));

function inputType({ type, input }: MessageNames, envelope: Envelope): string {
  const filled = topLevelFills(envelope);
  if (filled.length === 0) return `/** What a writer of {@link ${type}} passes. */\nexport type ${input} = ${type};`;
  const names = filled.map((name) => literal(name)).join(" | ");
  return `/** What a writer of {@link ${type}} passes: the SDK fills in what is left out. */\nexport type ${input} = Fillable<${type}, ${names}>;`;
}

function printDescriptor({ message, keyPath, constant }: MessageNames, envelope: Envelope, declared: string): string {
  return printObject([
    ["kind", literal("message")],
    ["format", literal(descriptorFormat)],
    ["name", literal(message.name)],
    ["schema", constant],
    ["declared", declared],
    ["key", literal(keyPath)],
    ["fill", list("[", envelope.fill.map(printFilling), "]")],
    ["id", literal(envelope.id)],
    ["type", literal(envelope.type)],
    ["time", literal(envelope.time)],
    ["correlation", literal(envelope.correlation)],
  ]);
}

function printFilling({ path, with: how, value }: Filling): string {
  const given = value === undefined ? [] : [`value: ${literal(value)}`];
  return list("{ ", [`path: ${literal(path)}`, `with: ${literal(how)}`, ...given], " }");
}

const printObject = (fields: readonly (readonly [string, string])[]) =>
  `{\n${fields.map(([name, value]) => `  ${name}: ${value.replaceAll("\n", "\n  ")},\n`).join("")}}`;
