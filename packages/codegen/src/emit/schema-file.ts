import { docComment, printDeclared, printSchema, typeOfSchema } from "../json-schema/index.js";
import type { SchemaNames } from "../names/plan.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import { createSchemaRefs, type EmitContext } from "./context.js";
import { buildersIn, schemaType } from "./schema-constant.js";
import { declareType } from "./type-declaration.js";

/** `src/gen/schemas/<name>.ts`: a named schema's type, its zod schema, and the fields that it declares. */
export function emitSchemaFile(names: SchemaNames, context: EmitContext): string {
  const { schema, type, constant, declared } = names;
  const { graph } = context;
  const refs = createSchemaRefs(context, schema.name);
  const recursive = (name: string) => name === schema.name || graph.leadsTo(name, schema.name);
  const text = printSchema(schema.schema, { ref: refs.constant, recursive, resolve: graph.resolve });
  const description = typeof schema.schema === "object" ? schema.schema.description : undefined;
  const comment = docComment(typeof description === "string" ? description : `The contract's schema ${schema.name}.`);
  const parts = [
    comment + declareType(type, typeOfSchema(schema.schema, graph.resolve), refs, context),
    `${comment}export const ${constant}: ${schemaType(type, text)} = ${text};`,
    `/** The fields that the schema declares: a producer refuses others. */\nexport const ${declared}: DeclaredShape = ${printDeclared(schema.schema, { ref: refs.declared, recursive })};`,
  ];
  const imports = [fromRuntime("DeclaredShape", ...buildersIn(text)), context.layout.zod, ...refs.imports(".")];
  return printSource(context.header, imports, parts);
}
