import type { ContractMessage, CorrelationLocation } from "@keyline/contract";
import type { Json, Resolve } from "@keyline/json-schema";
import type { MessageNames } from "../names/plan.js";
import { type Field, fieldAt, fieldsOf, formatOf, isText, onlyValue } from "./properties.js";

/** A field that the producer fills in. */
export interface Filling {
  readonly path: readonly string[];
  readonly with: "id" | "correlation" | "now" | "const";
  readonly value?: Json;
}

/** Where the parts of an event's envelope lie in its payload. */
export interface Envelope {
  readonly fill: readonly Filling[];
  readonly id: readonly string[] | null;
  readonly type: { readonly path: readonly string[]; readonly value: string } | null;
  readonly time: readonly string[] | null;
  readonly correlation: CorrelationLocation | null;
}

const samePath = (a: readonly string[], b: readonly string[] | null) =>
  b !== null && a.length === b.length && a.every((token, index) => token === b[index]);

/** Reads a message's envelope: by the fields' names and formats, and by the message's correlation id. */
export function envelopeOf({ message, keyPath }: MessageNames, resolve: Resolve): Envelope {
  const fields = fieldsOf(message.payload, resolve);
  const find = (name: string, fits: (field: Field) => boolean) => {
    const found = fields.find((field) => field.name === name);
    return found && fits(found) ? found : null;
  };
  const id = find("event_id", (field) => isText(field, "uuid"));
  const time = find("timestamp", (field) => isText(field, "date-time"));
  const kind = find("event_type", (field) => typeof onlyValue(field) === "string");
  const own: readonly (Filling | null)[] = [
    ...fields.map(constantOf),
    id && { path: [id.name], with: "id" },
    time && { path: [time.name], with: "now" },
    correlationOf(message, resolve),
  ];
  return {
    fill: inOrder(
      own.filter((filling) => filling !== null && !samePath(filling.path, keyPath)),
      fields,
    ),
    id: id && [id.name],
    type: kind && { path: [kind.name], value: String(onlyValue(kind)) },
    time: time && [time.name],
    correlation: message.correlation,
  };
}

/** TypeScript takes an inherited member for the field that is left out: such a field has to be passed. */
const isInherited = (name: string) => name in Object.prototype;

function constantOf(field: Field): Filling | null {
  const value = field.isRequired && !isInherited(field.name) ? onlyValue(field) : undefined;
  return value === undefined ? null : { path: [field.name], with: "const", value };
}

/** A correlation id that is a UUID, or text that says nothing of its form. */
function correlationOf({ payload, correlation }: ContractMessage, resolve: Resolve): Filling | null {
  if (correlation?.in !== "payload") return null;
  const field = fieldAt(payload, correlation.path, resolve);
  if (!field || !isText(field) || onlyValue(field) !== undefined) return null;
  const isFree = field.schemas.every((schema) => schema.pattern === undefined && schema.enum === undefined);
  return isFree && ["uuid", null].includes(formatOf(field)) ? { path: correlation.path, with: "correlation" } : null;
}

/** One filling for each path, the first that speaks of it, in the order of the fields. */
function inOrder(fillings: readonly (Filling | null)[], fields: readonly Field[]): readonly Filling[] {
  const byPath = new Map<string, Filling>();
  for (const filling of fillings) {
    if (filling && !byPath.has(JSON.stringify(filling.path))) byPath.set(JSON.stringify(filling.path), filling);
  }
  const rank = ({ path }: Filling) => fields.findIndex(({ name }) => name === path[0]);
  return [...byPath.values()].sort((a, b) => rank(a) - rank(b));
}
