import { isObject, type Json, type JsonSchema } from "@keyline/json-schema";
import type { Reading } from "../model/document.js";
import { type ReadMessage, schemaNodes } from "../model/message.js";
import type { DeclaredDomain } from "../model/ordering.js";
import { follow } from "../refs/resolve.js";
import { createValidator, type Validator } from "../schemas/validator.js";
import { entry, placeOf } from "../source/tree.js";
import { createTimeLimit, outOfTime } from "../time-limit.js";

const valueAt = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (at, token) => (isObject(at) && Object.hasOwn(at, token) ? at[token] : undefined),
    value,
  );

const keyText = (value: Json | undefined): readonly string[] => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return [String(value)];
  return typeof value === "string" && value !== "" ? [value] : [];
};

/** Keys that records of the message may have: those of its examples, else one that any such domain may have. */
const sampleKeys = ({ message }: ReadMessage, { keyPath }: DeclaredDomain, keyType: "integer" | "string") => {
  const fromExamples = message.examples.flatMap(({ payload }) => keyText(valueAt(payload, keyPath)));
  if (fromExamples.length > 0) return fromExamples;
  return keyType === "integer" ? ["1"] : [];
};

/** Whether a key is valid, within the time; what cannot be judged in it is taken for valid. */
const createAccepts = (validator: Validator): Accepts => {
  const within = createTimeLimit(limitMs);
  return (schema, key) => {
    validator.prepare(schema);
    const error = within(() => validator.firstError(schema, key));
    return error === null || error === outOfTime;
  };
};

type Accepts = (schema: JsonSchema, key: string) => boolean;

/** For all keys of a domain. */
const limitMs = 1000;

/** Whether a schema states a type that no string has. */
const excludesStrings = (schema: JsonSchema): boolean => {
  if (typeof schema === "boolean") return !schema;
  const { type } = schema;
  return Array.isArray(type) ? !type.includes("string") : typeof type === "string" && type !== "string";
};

const firstRefused = (accepts: Accepts, schema: JsonSchema, samples: readonly string[]): string | null => {
  const refused = samples.find((key) => !accepts(schema, key));
  if (refused !== undefined) return `does not accept the key ${JSON.stringify(refused)}`;
  return excludesStrings(schema) ? "accepts no string" : null;
};

/** Checks the key schemas of Kafka message bindings against the keys that the SDK derives. */
export const checkKeySchemas = (
  reading: Reading,
  domain: DeclaredDomain,
  keyType: "integer" | "string",
  messages: readonly ReadMessage[],
): void => {
  const accepts = createAccepts(createValidator(reading.schemas.collected(messages.flatMap(schemaNodes))));
  for (const one of messages) {
    const schema = one.message.keySchema;
    if (schema === null) continue;
    const why = firstRefused(accepts, schema, sampleKeys(one, domain, keyType));
    if (why === null) continue;
    const at = entry(follow(reading.files, one.node, "bindings", "kafka"), "key");
    reading.reporter.report("key-schema", placeOf(at ?? one.source), {
      message: `the Kafka key schema of message ${one.message.name} ${why} that domain ${domain.name} derives`,
      fix: "a record's key is text: describe it as a string, e.g. the decimal digits of an integer",
    });
  }
};
