import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { isObject, type Json } from "@keyline/json-schema";
import { expect, test } from "vitest";
import { structureCode } from "../build/structure.js";
import { createReporter } from "../src/diagnostics/reporter.js";
import { officialDiagnostics } from "../src/official/parser.js";
import { compiledVersions, type IsStructured } from "../src/official/structure.js";
import { openDocument } from "../src/open-document.js";
import { openFiles } from "../src/source/files.js";

const document = (asyncapi: string): Json => ({
  asyncapi,
  info: { title: "Trains", version: "1.0.0", contact: { email: "a@trains.example" } },
  servers: { main: { host: "kafka.trains.example:9092", protocol: "kafka", bindings: { kafka: {} } } },
  channels: {
    left: {
      address: "trains.left",
      bindings: {
        kafka: { partitions: 3, topicConfiguration: { "cleanup.policy": ["delete"] }, bindingVersion: "0.5.0" },
      },
      messages: {
        Left: {
          headers: { type: "object", properties: { trace: { type: "string" } } },
          payload: { type: "object", required: ["train"], properties: { train: { type: "string", format: "uuid" } } },
          examples: [{ payload: { train: "x" } }],
        },
      },
    },
  },
  operations: {
    leave: {
      action: "send",
      channel: { $ref: "#/channels/left" },
      bindings: { kafka: { groupId: { type: "string" }, bindingVersion: "0.5.0" } },
    },
  },
});

/** Each place in a document, with values that may be wrong there. */
function* changed(value: Json): Generator<Json> {
  for (const wrong of [null, 7, "x", [], {}]) yield wrong;
  if (Array.isArray(value))
    for (const [at, item] of value.entries()) for (const one of changed(item)) yield value.with(at, one);
  if (!isObject(value)) return;
  yield { ...value, unknown: 1 };
  yield { ...value, "x-known": 1 };
  for (const [name, inner] of Object.entries(value)) {
    const { [name]: _, ...rest } = value;
    yield rest;
    if (name !== "$ref" && name !== "asyncapi") for (const one of changed(inner)) yield { ...value, [name]: one };
  }
}

/** As the parser resolves it. */
const followed = (value: Json): Json => {
  const channel = isObject(value) && isObject(value.channels) ? value.channels.left : undefined;
  const text = JSON.stringify(value);
  return channel === undefined
    ? value
    : JSON.parse(text.replace('{"$ref":"#/channels/left"}', JSON.stringify(channel)));
};

const run = (code: string): IsStructured => {
  const module = { exports: {} as IsStructured };
  const require = createRequire(join(import.meta.dirname, "../src/index.ts"));
  new Script(`(module, exports, require) => {${code}\n}`).runInThisContext()(module, module.exports, require);
  return module.exports;
};

test.each(compiledVersions)(
  "what is compiled ahead for %s finds a fault exactly where the parser does",
  async (version) => {
    const isStructured = run(structureCode(version, true));
    const all = [...changed(document(version))];
    // Each of them takes the parser a while: every twelfth, and as they are.
    const tried = [document(version), ...all.filter((_, index) => index % 12 === 0)];
    const verdicts = new Set<boolean>();
    for (const one of tried) {
      const text = JSON.stringify(one);
      const files = openFiles(text, "asyncapi.json", () => Promise.reject(new Error("no such file")));
      if ((await openDocument(files, createReporter())) === null) continue;
      const found = await officialDiagnostics(files);
      const isRefused = found.some(({ diagnostic }) => diagnostic.rule.startsWith("asyncapi/asyncapi-document-"));
      const resolved = followed(one);
      expect(isStructured(resolved), text).toBe(!isRefused);
      verdicts.add(isRefused);
    }
    expect(verdicts.size).toBe(2);
  },
);
