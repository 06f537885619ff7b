import { docComment, printDeclared, printSchema, printType } from "../json-schema/index.js";
import type { SchemaNames } from "../names/plan.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import { createSchemaRefs, type EmitContext } from "./context.js";

/** `src/gen/schemas/<name>.ts`: a named schema as a zod schema, its type, and the fields that it declares. */
export function emitSchemaFile(names: SchemaNames, context: EmitContext): string {
  const { schema, constant, declared } = names;
  const { graph } = context;
  const refs = createSchemaRefs(context, schema.name);
  const recursive = (name: string) => name === schema.name || graph.leadsTo(name, schema.name);
  const isRecursive = graph.leadsTo(schema.name, schema.name);
  const text = printSchema(schema.schema, { ref: refs.constant, recursive, resolve: graph.resolve });
  const description = typeof schema.schema === "object" ? schema.schema.description : undefined;
  const comment = docComment(typeof description === "string" ? description : `The contract's schema ${schema.name}.`);
  const parts = [
    `${comment}export const ${constant}${isRecursive ? `: z.ZodType<${names.type}>` : ""} = ${text};`,
    comment + typeOf(names, isRecursive, refs.type),
    `/** The fields that the schema declares: a producer refuses others. */\nexport const ${declared}: DeclaredShape = ${printDeclared(schema.schema, { ref: refs.declared, recursive })};`,
  ];
  const imports = [fromRuntime("DeclaredShape", "s"), { from: "zod", values: ["z"] }, ...refs.imports(".")];
  return printSource(context.header, imports, parts);
}

/** A recursive schema's type cannot be inferred from itself. */
function typeOf(
  { schema, type, constant }: SchemaNames,
  isRecursive: boolean,
  typeRef: (name: string) => string,
): string {
  const text = isRecursive ? printType(schema.schema, typeRef) : `z.infer<typeof ${constant}>`;
  return `export type ${type} = ${text};`;
}
