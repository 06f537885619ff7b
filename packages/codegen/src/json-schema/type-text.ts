import { docComment, literal, propertyKey, shift } from "./text.js";
import type { Member, Members, TypeModel } from "./type-of.js";

/** A type as TypeScript says it. `typeOf` gives the identifier of a named schema's type. */
export function printType(type: TypeModel, typeOf: (name: string) => string): string {
  const inner = (part: TypeModel) => printType(part, typeOf);
  const among = (part: TypeModel) => (isCompound(part) ? `(${inner(part)})` : inner(part));
  switch (type.kind) {
    case "word":
      return type.word;
    case "constant":
      return literal(type.value);
    case "named":
      return typeOf(type.name);
    case "list":
      return `${among(type.item)}[]`;
    case "tuple": {
      const items = type.items.map((item) => `${among(item)}?`);
      return `[${[...items, ...(type.rest === null ? [] : [`...${among(type.rest)}[]`])].join(", ")}]`;
    }
    case "members":
      return printMembers(type, typeOf);
    case "union":
      return [...new Set(type.of.map(among))].join(" | ");
    case "intersection":
      return [...new Set(type.of.map(among))].join(" & ");
  }
}

const isCompound = ({ kind }: TypeModel) => kind === "union" || kind === "intersection";

/** The fields of an object between braces, each with what the contract says of it. `note` adds to that. */
export function printMembers(
  { fields, others }: Members,
  typeOf: (name: string) => string,
  note: (field: Member) => string | null = () => null,
): string {
  const lines = fields.map((field) => {
    const type = printType(field.type, typeOf);
    const canBe = field.mayBeUndefined && type !== "unknown" ? `${type} | undefined` : type;
    return `${commentOf(field, note(field))}${propertyKey(field.name)}${field.isOptional ? "?" : ""}: ${canBe};`;
  });
  if (others !== null) lines.push(`[name: string]: ${printType(others, typeOf)};`);
  return lines.length === 0 ? "{}" : `{\n  ${lines.map(shift).join("\n  ")}\n}`;
}

function commentOf({ description, isDeprecated }: Member, note: string | null): string {
  const said = [description, note, isDeprecated ? "@deprecated The contract says so." : null];
  return docComment(said.flatMap((text) => (text?.trim() ? [text.trim()] : [])).join("\n\n"));
}
