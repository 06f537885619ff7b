import { type Json, type JsonSchema, parsePointer, pathText, stepsInto } from "@keyline/json-schema";
import type { ErrorObject } from "ajv";
import type { ContractSchema } from "../contract.js";
import type { Reading } from "../model/document.js";
import { type ReadMessage, schemaNodes } from "../model/message.js";
import { deref, refText } from "../refs/resolve.js";
import { locate } from "../schemas/locate.js";
import { isPlainlyValid } from "../schemas/plainly-valid.js";
import { createValidator } from "../schemas/validator.js";
import { entry, items, placeOf, type SourceNode } from "../source/tree.js";
import { createTimeLimit } from "../time-limit.js";

/** A part of an example, with the place of the example. */
interface Part {
  readonly name: "payload" | "headers";
  readonly message: string;
  readonly node: SourceNode;
  readonly schema: JsonSchema;
  readonly value: Json;
}

/** Some authors put an example into a file. References among data are not followed, so it is not judged. */
const isElsewhere = (value: SourceNode | undefined): boolean => value !== undefined && refText(value) !== null;

const partsOf = ({ files }: Reading, { message, node }: ReadMessage): readonly Part[] => {
  const nodes = items(deref(files, entry(node, "examples")));
  return message.examples.flatMap(({ payload, headers }, index) => {
    const at = nodes[index];
    const part = (name: Part["name"], schema: JsonSchema | null, value: Json | undefined): readonly Part[] =>
      schema === null || value === undefined || !at || isElsewhere(entry(at, name))
        ? []
        : [{ name, message: message.name, node: at, schema, value }];
    return [...part("payload", message.payload, payload), ...part("headers", message.headers, headers)];
  });
};

const reportInvalid = (reading: Reading, { message, name, node, value: example }: Part, error: ErrorObject) => {
  const value = entry(node, name) ?? node;
  const at = pathText([name, ...stepsInto(example, parsePointer(error.instancePath) ?? [])]);
  reading.reporter.report("example-invalid", placeOf(locate(reading.files, value, error.instancePath)), {
    message: `an example of message ${message} is not valid: ${at} ${error.message ?? "is wrong"}`,
    fix: "correct the example, or the schema if the example is right",
  });
};

/** For all examples of a contract: a schema can make judging one take for ever. */
const limitMs = 5000;

const reportUnjudged = (reading: Reading, { message, node }: Part) =>
  reading.reporter.report("example-invalid", node.position, {
    message: `an example of message ${message} cannot be judged: the contract's examples take more than ${limitMs / 1000} s`,
    fix: "simplify the patterns of its schema, and the alternatives that hold for one value",
  });

/** What is wrong with each part, as far as the time reaches. */
const judge = (schemas: readonly ContractSchema[], parts: readonly Part[]): readonly (ErrorObject | null)[] => {
  const validator = createValidator(schemas);
  // Outside of the limit: compiling ends by itself, and takes long for many schemas on a busy machine.
  for (const { schema } of parts) validator.prepare(schema);
  const judged: (ErrorObject | null)[] = [];
  createTimeLimit(limitMs)(() => {
    judged.length = 0;
    for (const { schema, value } of parts) judged.push(validator.firstError(schema, value));
  });
  return judged;
};

/** Checks that every message has examples and that they are valid. */
export const checkExamples = (reading: Reading, messages: readonly ReadMessage[]): void => {
  for (const { message } of messages) {
    if (message.examples.length > 0) continue;
    reading.reporter.report("example-missing", message.position, {
      message: `message ${message.name} has no example`,
      fix: "add one to its examples: documentation, tests and simulators are made from them",
    });
  }
  const schemas = reading.schemas.collected(messages.flatMap(schemaNodes));
  const named = new Map(schemas.map(({ name, schema }) => [name, schema]));
  const parts = messages
    .flatMap((one) => partsOf(reading, one))
    .filter(({ schema, value }) => !isPlainlyValid(schema, value, (name) => named.get(name)));
  const judged = judge(schemas, parts);
  for (const [index, error] of judged.entries()) {
    const part = parts[index];
    if (error && part) reportInvalid(reading, part, error);
  }
  const unjudged = new Map(parts.slice(judged.length).map((part) => [part.message, part]));
  for (const part of unjudged.values()) reportUnjudged(reading, part);
};
