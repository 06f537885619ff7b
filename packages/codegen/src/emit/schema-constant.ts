import type { CodegenSymbol } from "@keyline/runtime/codegen";

/**
 * The type of a schema's constant: written out, so that the compiler infers nothing and every module stands by itself. An
 * enum's has its values too. It is not zod's own for enums: to hold one of those against the type of all schemas takes the
 * compiler seconds.
 */
export function schemaType(type: string, expression: string): string {
  const values = expression.startsWith("s.enum(") ? ` & { readonly options: ${type}[] }` : "";
  return `z.ZodType<${type}, ${type}>${values}`;
}

/** What a schema's expression takes from the runtime: nothing where it is another schema's constant. */
export const buildersIn = (expression: string): readonly CodegenSymbol[] => (expression.includes("(") ? ["s"] : []);
