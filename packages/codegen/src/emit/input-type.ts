import type { CodegenSymbol } from "@keyline/runtime/codegen";
import { literal, type Member, membersOf, printMembers, typeOfSchema } from "../json-schema/index.js";
import type { Envelope, Filling } from "../model/envelope.js";
import type { MessageNames } from "../names/plan.js";
import type { EmitContext, SchemaRefs } from "./context.js";
import { isInterface } from "./type-declaration.js";

/** The declaration of what a writer of a message passes, and what it takes from the runtime. */
interface InputDeclaration {
  readonly text: string;
  readonly symbols: readonly CodegenSymbol[];
}

/** The message's type, with the fields that the SDK fills in made optional. */
export function declareInput(
  { message, type, input }: MessageNames,
  envelope: Envelope,
  refs: SchemaRefs,
  { graph: { resolve } }: EmitContext,
): InputDeclaration {
  const filled = new Map(envelope.fill.flatMap((one) => (one.path.length === 1 ? [[one.path[0], one]] : [])));
  const comment = `/** The {@link ${type}} that a writer passes${filled.size > 0 ? ": the SDK fills in fields that are left out" : ""}. */\n`;
  const model = typeOfSchema(message.payload, resolve);
  const members = isInterface(model, resolve) ? membersOf(model, resolve) : null;
  if (filled.size === 0) {
    const own = members === null ? `type ${input} = ${type};` : `interface ${input} extends ${type} {}`;
    return { text: `${comment}export ${own}`, symbols: [] };
  }
  if (members === null) {
    const names = [...filled.keys()].map(literal).join(" | ");
    return { text: `${comment}export type ${input} = Fillable<${type}, ${names}>;`, symbols: ["Fillable"] };
  }
  const fields = members.fields.map((field) => (filled.has(field.name) ? { ...field, isOptional: true } : field));
  const note = ({ name }: Member) => noteOf(filled.get(name));
  return {
    text: `${comment}export interface ${input} ${printMembers({ ...members, fields }, refs.type, note)}`,
    symbols: [],
  };
}

const fillings: Readonly<Record<Filling["with"], string>> = {
  id: "a new UUID",
  correlation: "the handled event's, else a new UUID",
  now: "the time of the call",
  const: "its only value",
};

const noteOf = (filling: Filling | undefined): string | null =>
  filling === undefined ? null : `Filled in where it is left out: ${fillings[filling.with]}.`;
