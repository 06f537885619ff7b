import { list, literal, printDeclared, printSchema, typeOfSchema } from "../json-schema/index.js";
import { type Envelope, envelopeOf, type Filling } from "../model/envelope.js";
import type { MessageNames } from "../names/plan.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import { createSchemaRefs, type EmitContext } from "./context.js";
import { describe } from "./describe.js";
import { descriptorFormat } from "./format.js";
import { declareInput } from "./input-type.js";
import { buildersIn, schemaType } from "./schema-constant.js";
import { declareType } from "./type-declaration.js";

/** `src/gen/messages/<name>.ts`: the types of reading and writing a message, its schema, and its descriptor. */
export function emitMessageFile(names: MessageNames, context: EmitContext): string {
  const { message, type, constant, descriptor } = names;
  const { resolve } = context.graph;
  const refs = createSchemaRefs(context);
  const around = { recursive: () => false, resolve };
  const envelope = envelopeOf(names, resolve);
  const schema = printSchema(message.payload, { ...around, ref: refs.constant });
  const declared = printDeclared(message.payload, { ...around, ref: refs.declared });
  const input = declareInput(names, envelope, refs, context);
  const parts = [
    describe(message) + declareType(type, typeOfSchema(message.payload, resolve), refs, context),
    input.text,
    `${describe(message)}export const ${constant}: ${schemaType(type, schema)} = ${schema};`,
    `/** The descriptor of ${type}. */\nexport const ${descriptor}: MessageDescriptor<${type}, ${names.input}> = ${printDescriptor(names, envelope, declared)};`,
  ];
  const imports = [
    fromRuntime("MessageDescriptor", ...buildersIn(schema), ...input.symbols),
    context.layout.zod,
    ...refs.imports("../schemas"),
  ];
  return printSource(context.header, imports, parts);
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
