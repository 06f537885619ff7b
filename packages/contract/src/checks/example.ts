import type { Json, JsonSchema } from "@keyline/json-schema";
import type { ErrorObject } from "ajv";
import type { Reading } from "../model/document.js";
import type { ReadMessage } from "../model/message.js";
import { deref } from "../refs/resolve.js";
import { locate } from "../schemas/locate.js";
import { createValidator, type Validator } from "../schemas/validator.js";
import { entry, items, type SourceNode } from "../source/tree.js";

interface Part {
  readonly name: "payload" | "headers";
  readonly schema: JsonSchema | null;
  readonly value: Json | undefined;
}

const reportInvalid = (reading: Reading, name: string, part: Part["name"], node: SourceNode, error: ErrorObject) => {
  const value = entry(node, part) ?? node;
  reading.reporter.report("example-invalid", locate(reading.files, value, error.instancePath).position, {
    message: `an example of message ${name} is not valid: ${part}${error.instancePath} ${error.message ?? "is wrong"}`,
    fix: "correct the example, or the schema if the example is right",
  });
};

const checkParts = (reading: Reading, validator: Validator, { message, node }: ReadMessage) => {
  const nodes = items(deref(reading.files, entry(node, "examples")));
  message.examples.forEach((example, index) => {
    const at = nodes[index];
    const parts: readonly Part[] = [
      { name: "payload", schema: message.payload, value: example.payload },
      { name: "headers", schema: message.headers, value: example.headers },
    ];
    for (const { name, schema, value } of parts) {
      const error = schema === null || value === undefined ? null : validator.firstError(schema, value);
      if (error && at) reportInvalid(reading, message.name, name, at, error);
    }
  });
};

/** Checks that every message has examples and that they are valid. */
export const checkExamples = (reading: Reading, messages: readonly ReadMessage[]): void => {
  const validator = createValidator(reading.schemas.collected());
  for (const one of messages) {
    if (one.message.examples.length > 0) {
      checkParts(reading, validator, one);
      continue;
    }
    reading.reporter.report("example-missing", one.message.position, {
      message: `message ${one.message.name} has no example`,
      fix: "add one to its examples: documentation, tests and simulators are made from them",
    });
  }
};
