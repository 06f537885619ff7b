import type { CodegenSymbol } from "@keyline/runtime/codegen";

/**
 * The type of a schema's constant: written out, so that the compiler infers nothing and every module stands by itself. An
 * enum's knows its values too.
 */
export function schemaType(type: string, expression: string): string {
  return expression.startsWith("s.enum(") ? `z.ZodEnum<{ [Value in ${type}]: Value }>` : `z.ZodType<${type}, ${type}>`;
}

/** What a schema's expression takes from the runtime: nothing where it is another schema's constant. */
export const buildersIn = (expression: string): readonly CodegenSymbol[] => (expression.includes("(") ? ["s"] : []);
