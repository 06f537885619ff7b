import type { GeneratedFile } from "@keyline/codegen";

/** The generated declaration of a schema's constant: its name, the type of its values, and the expression that makes it. */
const constant = /^export const (\S+): z\.ZodType<(\S+), \S+>(?: & \{ readonly options: \S+\[\] \})? = ([\s\S]*?;)$/m;
/** The fields that a descriptor says are filled in. */
const fill = /^ {2}fill: \[([\s\S]*?)\],\n {2}id:/m;

/**
 * A module beside a generated one that holds the types written there against those that the compiler infers from the same
 * schema. Null for a file without one. `inferring` is the path, without ending, of the builders that infer, and `relation` what
 * the two types have to be there.
 */
export function inferredBeside(
  { path, content }: GeneratedFile,
  inferring: string,
  relation: "Alike" | "Equal",
): GeneratedFile | null {
  const found = constant.exec(content);
  if (found === null) return null;
  const [, name = "", type = "", expression = ""] = found;
  const own = `./${path.split("/").at(-1)?.replace(/ts$/, "js")}`;
  const imports = [...content.matchAll(/^import .* from "(\.[^"]*)";$/gm)].map(([line]) => line);
  const isMessage = path.includes("/messages/");
  const output = "z.output<typeof inferred>";
  const flat = (one: string) => (relation === "Equal" ? `Flat<${one}>` : one);
  const ofParts = (one: string) => (/\bs\.allOf\(/.test(expression) ? flat(one) : one);
  const same = (name: string, inferred: string) => `Holds<${relation}<${ofParts(name)}, ${ofParts(inferred)}>>`;
  const names = filled(content);
  const input =
    names === ""
      ? same(`${type}Input`, output)
      : `Holds<${relation}<${flat(`${type}Input`)}, ${flat(`Fillable<${output}, ${names}>`)}>>`;
  const claims = [same(type, output), ...(isMessage ? [input] : [])];
  return {
    path: path.replace(/\.ts$/, ".inferred.ts"),
    content: [
      `import type { z } from "zod";`,
      `import type { Fillable, Flat, Holds, Inferring, ${relation} } from "${inferring}.ts";`,
      ...imports,
      `import { type ${type}, ${isMessage ? `type ${type}Input, ` : ""}${name} } from "${own}";`,
      "declare const s: Inferring;",
      `export const inferred = ${expression}`,
      `export const same: typeof inferred | typeof ${name} = ${name};`,
      `export type Claims = [${claims.join(", ")}];`,
      "",
    ].join("\n"),
  };
}

function filled(content: string): string {
  const names = [...(fill.exec(content)?.[1] ?? "").matchAll(/path: \[("(?:[^"\\]|\\.)*")\]/g)].map(([, text]) => text);
  return names.join(" | ");
}
