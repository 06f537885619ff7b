import type { Json, JsonSchema } from "@keyline/json-schema";
import type { ErrorObject } from "ajv";
import type { Reading } from "../model/document.js";
import { type ReadMessage, schemaNodes } from "../model/message.js";
import { deref } from "../refs/resolve.js";
import { locate } from "../schemas/locate.js";
import { createValidator, type Validator } from "../schemas/validator.js";
import { entry, items, type SourceNode } from "../source/tree.js";
import { createTimeLimit, outOfTime, type TimeLimit } from "../time-limit.js";

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

/** For all examples of a contract: a schema can make judging one take for ever. */
const limitMs = 5000;

const reportUnjudged = (reading: Reading, name: string, node: SourceNode) =>
  reading.reporter.report("example-invalid", node.position, {
    message: `an example of message ${name} cannot be judged: the contract's examples take more than ${limitMs / 1000} s`,
    fix: "simplify the patterns of its schema, and the alternatives that hold for one value",
  });

interface Judging {
  readonly reading: Reading;
  readonly validator: Validator;
  readonly within: TimeLimit;
}

const checkParts = ({ reading, validator, within }: Judging, { message, node }: ReadMessage) => {
  const nodes = items(deref(reading.files, entry(node, "examples")));
  for (const [index, example] of message.examples.entries()) {
    const at = nodes[index];
    const parts: readonly Part[] = [
      { name: "payload", schema: message.payload, value: example.payload },
      { name: "headers", schema: message.headers, value: example.headers },
    ];
    for (const { name, schema, value } of parts) {
      if (schema === null || value === undefined || !at) continue;
      // Outside of the limit: compiling ends by itself, and takes long for many schemas on a busy machine.
      validator.prepare(schema);
      const error = within(() => validator.firstError(schema, value));
      if (error === outOfTime) return reportUnjudged(reading, message.name, at);
      if (error) reportInvalid(reading, message.name, name, at, error);
    }
  }
};

/** Checks that every message has examples and that they are valid. */
export const checkExamples = (reading: Reading, messages: readonly ReadMessage[]): void => {
  const judging = {
    reading,
    validator: createValidator(reading.schemas.collected(messages.flatMap(schemaNodes))),
    within: createTimeLimit(limitMs),
  };
  for (const one of messages) {
    if (one.message.examples.length > 0) {
      checkParts(judging, one);
      continue;
    }
    reading.reporter.report("example-missing", one.message.position, {
      message: `message ${one.message.name} has no example`,
      fix: "add one to its examples: documentation, tests and simulators are made from them",
    });
  }
};
