import { membersOf, printMembers, printType, type TypeModel } from "../json-schema/index.js";
import type { EmitContext, SchemaRefs } from "./context.js";

/** The type of a schema's values under a name: an interface where it is an object of fields, else another name for it. */
export function declareType(name: string, type: TypeModel, refs: SchemaRefs, { graph }: EmitContext): string {
  if (isInterface(type, graph.resolve) && type.kind === "named")
    return `export interface ${name} extends ${refs.type(type.name)} {}`;
  const members = isInterface(type, graph.resolve) ? membersOf(type, graph.resolve) : null;
  return members === null
    ? `export type ${name} = ${printType(type, refs.type)};`
    : `export interface ${name} ${printMembers(members, refs.type)}`;
}

/** Whether the type is declared as an interface, which another may extend. */
export function isInterface(type: TypeModel, resolve: EmitContext["graph"]["resolve"]): boolean {
  const members = membersOf(type, resolve);
  // `object` alone stays that word: an interface without fields would take texts and numbers too.
  return members !== null && (members.fields.length > 0 || members.others !== null);
}
