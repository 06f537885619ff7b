import { stripTypeScriptTypes } from "node:module";
import { type GeneratedFile, generate } from "@keyline/codegen";
import type { Contract, JsonSchema } from "@keyline/contract";
import * as runtime from "@keyline/runtime/codegen";
import type { DeclaredShape } from "@keyline/runtime/tools";
import { z } from "zod";

/** Named schemas; a `$ref` in them is `#/schemas/<name>`. */
export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

const position = { file: "test.yaml", line: 1, column: 1 };

/** The smallest contract that holds the schemas. */
export const contractOf = (schemas: NamedSchemas): Contract => ({
  kind: "contract",
  format: 1,
  asyncapi: "3.0.0",
  title: "test",
  version: "1.0.0",
  description: null,
  file: "test.yaml",
  domains: [],
  channels: [],
  opaque: [],
  operations: [],
  schemas: Object.entries(schemas).map(([name, schema]) => ({ name, schema, position })),
});

/** Generated zod schemas and declared fields, by the contract's names; or why generation refused. */
export type Evaluated =
  | { readonly schemas: ReadonlyMap<string, z.ZodType>; readonly declared: ReadonlyMap<string, DeclaredShape> }
  | { readonly refused: string };

/** Generates the code of a contract's schemas and runs it. */
export function evaluate(contract: Contract): Evaluated {
  const { files, diagnostics } = generate(contract, { scope: "@test" });
  const [problem] = diagnostics;
  if (problem) return { refused: problem.message };
  const modules = files.filter(({ path }) => path.startsWith("events/src/gen/schemas/"));
  const scope = run(modules);
  const constants = contract.schemas.map(({ name }, index) => [name, constantOf(modules, name, index)] as const);
  const found = constants.map(([name, constant]) => [name, scope[constant]] as const);
  const declared = constants.map(([name, constant]) => [name, scope[constant.replace(/Schema$/, "Declared")]] as const);
  return {
    schemas: new Map(found as [string, z.ZodType][]),
    declared: new Map(declared as [string, DeclaredShape][]),
  };
}

/** Schemas of these tests have names that stay themselves but for their case. */
function constantOf(modules: readonly GeneratedFile[], name: string, index: number): string {
  const wanted = `export const ${name.charAt(0).toLowerCase()}${name.slice(1)}Schema`;
  if (modules.some(({ content }) => new RegExp(`^${wanted}\\b`, "m").test(content))) return wanted.split(" ")[2] ?? "";
  throw new Error(`schema ${index} is not named as expected: ${wanted} is in no file`);
}

/** Runs modules in one scope, each behind those that it imports: names are unique across a package. */
function run(modules: readonly GeneratedFile[]): Record<string, unknown> {
  const scope: Record<string, unknown> = { ...runtime, z };
  const byFile = new Map(modules.map((one) => [one.path.split("/").at(-1)?.replace(/ts$/, "js"), one.content]));
  const started = new Set<string>();
  const start = (file: string) => {
    const content = byFile.get(file);
    if (content === undefined || started.has(file)) return;
    started.add(file);
    for (const [, imported = ""] of content.matchAll(/^import .* from "\.\/(.*)";$/gm)) start(imported);
    const code = stripTypeScriptTypes(content.replaceAll(/^import .*$/gm, ""));
    new Function("scope", `with (scope) { ${code.replaceAll(/^export const (\w+)/gm, "scope.$1")} }`)(scope);
  };
  for (const file of byFile.keys()) start(file ?? "");
  return scope;
}
