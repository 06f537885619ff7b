import type { DeclaredShape } from "../descriptor.js";

/** JSON pointers of the fields that a shape does not declare: what a producer refuses. */
export function undeclaredPaths(value: unknown, shape: DeclaredShape, at = ""): string[] {
  if (shape === true || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined ? [] : value.flatMap((item, index) => undeclaredPaths(item, items, `${at}/${index}`));
  }
  return Object.entries(value).flatMap(([name, inner]) => {
    const pointer = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const declared = declaredAs(name, shape);
    return declared === undefined ? [pointer] : undeclaredPaths(inner, declared, pointer);
  });
}

function declaredAs(name: string, shape: Exclude<DeclaredShape, true>): DeclaredShape | undefined {
  const { properties = {}, patterns = {}, additional } = shape;
  if (Object.hasOwn(properties, name)) return properties[name];
  const pattern = Object.keys(patterns).find((source) => new RegExp(source, "u").test(name));
  return pattern === undefined ? additional : patterns[pattern];
}
