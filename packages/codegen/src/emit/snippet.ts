import { isObject, type Json } from "@keyline/json-schema";
import { literal, propertyKey } from "../json-schema/index.js";
import { envelopeOf } from "../model/envelope.js";
import { sampleOf } from "../model/sample.js";
import type { MessageNames, TopicNames } from "../names/plan.js";
import type { EmitContext } from "./context.js";

/** Widest line of a snippet. */
const width = 100;

/** `.name` or `["name"]`. */
export const member = (name: string): string => (propertyKey(name) === name ? `.${name}` : `[${literal(name)}]`);

/** An example of what a writer passes: the contract's first one without what the SDK fills in, else a sample. */
export function inputExample(names: MessageNames, context: EmitContext): string {
  const { resolve } = context.graph;
  const given = names.message.examples.find(({ payload }) => payload !== undefined)?.payload;
  const filled = new Set(envelopeOf(names, resolve).fill.flatMap(({ path }) => (path.length === 1 ? path : [])));
  return printJson(without(given ?? sampleOf(names.message.payload, resolve), filled));
}

function without(json: Json, names: ReadonlySet<string>): Json {
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.has(name)));
}

/** A JSON value as TypeScript, broken over lines where it is long. */
export function printJson(json: Json, indent = ""): string {
  const line = literal(json);
  if (line.length + indent.length <= width || typeof json !== "object" || json === null) return line;
  const inner = `${indent}  `;
  if (Array.isArray(json)) return `[\n${json.map((item) => `${inner}${printJson(item, inner)},\n`).join("")}${indent}]`;
  const fields = Object.entries(json).map(
    ([name, value]) => `${inner}${propertyKey(name)}: ${printJson(value, inner)},\n`,
  );
  return `{\n${fields.join("")}${indent}}`;
}

/** Values for the parameters of a topic's address; null where it has none. */
export function parametersExample({ channel }: TopicNames): string | null {
  if (channel.parameters.length === 0) return null;
  const values = channel.parameters.map(({ name, enum: allowed, default: preset }) => {
    return `${propertyKey(name)}: ${literal(preset ?? allowed[0] ?? "value")}`;
  });
  return `{ ${values.join(", ")} }`;
}

/** One call of the producer for each message of a topic. */
export function sendSnippets(topic: TopicNames, context: EmitContext): readonly string[] {
  const parameters = parametersExample(topic);
  const options = parameters === null ? "" : `, { parameters: ${parameters} }`;
  const isOne = topic.messages.length === 1;
  return topic.messages.map(({ name, message }) => {
    const sender = `producer${member(topic.name)}${isOne ? "" : member(name)}`;
    return `await ${sender}(${inputExample(message, context)}${options});`;
  });
}

/** The entry of a consumer's `on` for a topic. */
export function handlerSnippet(topic: TopicNames): string {
  const handler = "async (event, ctx) => console.log(ctx.topic, ctx.offset, event)";
  const [only, ...others] = topic.messages;
  if (only && others.length === 0) return `${propertyKey(topic.name)}: ${handler}`;
  const handlers = topic.messages.map(({ name }) => `${propertyKey(name)}: ${handler}`);
  return `${propertyKey(topic.name)}: { ${handlers.join(", ")} }`;
}
