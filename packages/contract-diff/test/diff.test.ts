import { loadContractSource } from "@keyline/contract/source";
import { describe, expect, test } from "vitest";
import { type Comparison, compareContracts } from "../src/index.js";

const head = "asyncapi: 3.1.0\ninfo: { title: Inline, version: 1.0.0 }\n";

type Files = { readonly [path: string]: string };

async function load(text: string, files: Files = {}) {
  const readFile = async (path: string) => {
    const found = path === "main.yaml" ? text : files[path];
    if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return found;
  };
  const { source, diagnostics } = await loadContractSource("main.yaml", { readFile });
  if (source === null) throw new Error(JSON.stringify(diagnostics));
  return source;
}

const compare = async (before: string, after: string, old: Files = {}, fresh: Files = old): Promise<Comparison> =>
  compareContracts(await load(before, old), await load(after, fresh));

const told = ({ changes }: Comparison) => changes.map(({ rule, verdict }) => `${verdict} ${rule}`);

/** A contract of one topic whose message has this payload. */
const withPayload = (payload: string, rest = "") =>
  `${head}channels: { a: { address: a, messages: { m: { payload: ${payload} } } } }\n${rest}`;
const payloads = (before: string, after: string) => compare(withPayload(before), withPayload(after));

const order = "{ type: object, required: [id], properties: { id: { type: string }, n: { type: integer } } }";

describe("what changes nothing is not reported", () => {
  const component = (name: string, schema = order) => `components: { schemas: { ${name}: ${schema} } }\n`;
  const ref = (name: string) => `{ $ref: "#/components/schemas/${name}" }`;

  test("a component under another name", async () => {
    const before = withPayload(ref("Order"), component("Order"));
    const comparison = await compare(before, withPayload(ref("Purchase"), component("Purchase")));
    expect(comparison.changes).toEqual([]);
    expect(comparison).toMatchObject({ goneNames: ["schema Order"], steps: { events: "major", producer: "none" } });
  });

  test("a schema inlined, or taken out", async () => {
    const inlined = withPayload(order);
    const extracted = withPayload(ref("Order"), component("Order"));
    expect((await compare(inlined, extracted)).changes).toEqual([]);
    expect((await compare(extracted, inlined)).changes).toEqual([]);
  });

  test("keys, required names, types and values in another order", async () => {
    const before =
      "{ type: [object, 'null'], required: [a, b], properties: { a: { enum: [1, 2] }, b: { type: string } } }";
    const after =
      "{ properties: { b: { type: string }, a: { enum: [2, 1] } }, required: [b, a], type: ['null', object] }";
    expect((await payloads(before, after)).changes).toEqual([]);
  });

  test("an allOf written out, and bounds said otherwise", async () => {
    const before = "{ allOf: [{ type: object, required: [a] }, { properties: { a: { type: integer, minimum: 1 } } }] }";
    const after = "{ type: object, required: [a], properties: { a: { type: integer, exclusiveMinimum: 0 } } }";
    expect((await payloads(before, after)).changes).toEqual([]);
  });

  test("a recursive schema under another name", async () => {
    const tree = (name: string) => `{ type: object, properties: { child: { $ref: "#/components/schemas/${name}" } } }`;
    const version = (name: string) => withPayload(ref(name), component(name, tree(name)));
    expect((await compare(version("Tree"), version("Node"))).changes).toEqual([]);
  });

  test("a file moved", async () => {
    const [before, after] = [withPayload("{ $ref: old.yaml }"), withPayload("{ $ref: new/order.yaml }")];
    expect((await compare(before, after, { "old.yaml": order }, { "new/order.yaml": order })).changes).toEqual([]);
  });
});

describe("payloads, in both directions", () => {
  const closed = (properties: string) => `{ type: object, additionalProperties: false, properties: { ${properties} } }`;

  test.each([
    ["a new optional field", order, order.replace("n:", "m: { type: string }, n:"), ["compatible field-added"]],
    ["a new field that closed readers refuse", closed("a: {}"), closed("a: {}, b: {}"), ["breaking field-added"]],
    ["a schema that is closed", "{ type: object, properties: { a: {} } }", closed("a: {}"), ["breaking fields-closed"]],
    ["a schema that is closed again, as it was", closed("a: {}"), closed("a: {}"), []],
    ["an optional field less", order, order.replace(", n: { type: integer }", ""), ["compatible field-removed"]],
    ["an optional field less, closed", closed("a: {}, b: {}"), closed("a: {}"), ["breaking field-removed"]],
    [
      "a limit that another one implies",
      "{ type: string, maxLength: 5, pattern: ^.$ }",
      "{ type: string, maxLength: 4, pattern: ^.$ }",
      [],
    ],
    [
      "a field with another type than the removed one",
      order,
      order.replace("n: { type: integer }", "n: { type: string }"),
      ["breaking type-changed"],
    ],
    ["integers become numbers", order, order.replace("integer", "number"), ["breaking type-changed"]],
  ])("%s", async (_, before, after, expected) => {
    expect(told(await payloads(before, after))).toEqual(expected);
  });

  test("a schema that is closed refuses what writers that nothing binds have written, though no generated code writes it", async () => {
    const { changes } = await payloads("{ type: object, properties: { a: {} } }", closed("a: {}"));
    const [{ counterexample } = { counterexample: null }] = changes;
    expect(counterexample).toMatchObject({ direction: "new-readers", part: "payload" });
    expect(Object.keys(counterexample?.value ?? {})).not.toContain("a");
    expect(Object.keys(counterexample?.value ?? {})).toHaveLength(1);
  });

  test("each change is judged on its own, with a value of its own", async () => {
    const before = "{ type: object, properties: { a: { type: integer, minimum: 0 }, b: { enum: [x, y] } } }";
    const after = "{ type: object, properties: { a: { type: integer, minimum: 1 }, b: { enum: [x, y, z] }, c: {} } }";
    const comparison = await payloads(before, after);
    expect(told(comparison)).toEqual(["breaking limit-changed", "breaking enum-value-added", "compatible field-added"]);
    expect(comparison.changes.map(({ counterexample }) => counterexample?.value)).toEqual([
      { a: 0 },
      { b: "z" },
      undefined,
    ]);
    expect(comparison.changes.map(({ counterexample }) => counterexample?.direction)).toEqual([
      "new-readers",
      "old-readers",
      undefined,
    ]);
  });

  test("changes that only together break something are told as one", async () => {
    const both = (most: number) => `{ type: integer, anyOf: [{ maximum: ${most} }, { maximum: ${most} }] }`;
    const { changes } = await payloads(both(9), both(8));
    expect(changes.map(({ rule, verdict }) => `${verdict} ${rule}`)).toEqual([
      "breaking schema-changed",
      "compatible limit-changed",
      "compatible limit-changed",
    ]);
    expect(changes[0]).toMatchObject({ isDecided: true, counterexample: { direction: "new-readers", value: 9 } });
  });

  test("what cannot be decided counts as breaking, and says so", async () => {
    const before = "{ type: string, pattern: '^(?=.*q).{3}$' }";
    const after = "{ type: string, pattern: '^(?=.*q)...$' }";
    const { changes } = await payloads(before, after);
    expect(changes).toMatchObject([
      { rule: "pattern-changed", verdict: "breaking", isDecided: false, counterexample: null },
    ]);
  });

  test("schemas that cannot be read are the same only as themselves", async () => {
    const avro = (doc: string) =>
      `{ schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { type: string, doc: ${doc} } }`;
    expect((await payloads(avro("a"), avro("a"))).changes).toEqual([]);
    expect((await payloads(avro("a"), avro("b"))).changes).toMatchObject([
      { rule: "opaque-changed", verdict: "breaking", isDecided: false },
    ]);
    const gone = "{ $ref: nowhere.yaml }";
    expect((await payloads(gone, gone)).changes).toEqual([]);
    expect((await payloads(order, gone)).changes).toMatchObject([{ verdict: "breaking", isDecided: false }]);
  });

  test("headers and Kafka keys are compared too", async () => {
    const message = (more: string) =>
      `${head}channels: { a: { address: a, messages: { m: { payload: {}, ${more} } } } }\n`;
    const headers = (limit: number) =>
      `headers: { type: object, properties: { h: { type: string, maxLength: ${limit} } } }`;
    expect(told(await compare(message(headers(5)), message(headers(6))))).toEqual(["breaking limit-changed"]);
    const key = (limit: number) => `bindings: { kafka: { key: { type: string, maxLength: ${limit} } } }`;
    const { changes, steps } = await compare(message(key(5)), message(key(4)));
    expect(changes).toMatchObject([{ rule: "limit-changed", counterexample: { part: "key", value: "aaaaa" } }]);
    expect(steps).toEqual({ events: "none", producer: "none", consumer: "none" });
  });
});

describe("a change is told once, at its definition", () => {
  const three = (schema: string) =>
    `${head}channels:
  a: { address: a, messages: { m: { payload: { $ref: "#/components/schemas/E" } } } }
  b: { address: b, messages: { m: { payload: { allOf: [{ $ref: "#/components/schemas/E" }] } } } }
  c: { address: c, messages: { m: { payload: { properties: { e: { $ref: "#/components/schemas/E" } } } } } }
operations:
  sa: { action: send, x-app: one, channel: { $ref: "#/channels/a" } }
  rc: { action: receive, x-app: two, channel: { $ref: "#/channels/c" } }
components:
  schemas:
    E: ${schema}
`;

  test("with all topics and apps that it reaches", async () => {
    const e = "{ type: object, properties: { k: { enum: [x] } } }";
    const { changes } = await compare(three(e), three(e.replace("[x]", "[x, y]")));
    expect(changes).toMatchObject([
      {
        rule: "enum-value-added",
        message: 'field k of schema E may be "y" too',
        position: { file: "main.yaml", line: 12, column: 53 },
        before: null,
        topics: ["a", "b", "c"],
        apps: ["one", "two"],
      },
    ]);
  });

  test("in the file that has it", async () => {
    const main = withPayload("{ $ref: schemas/order.json }");
    const { changes } = await compare(
      main,
      main,
      { "schemas/order.json": '{ "type": "object",\n  "properties": { "a": { "maxLength": 2 } } }' },
      { "schemas/order.json": '{ "type": "object",\n  "properties": {\n    "a": { "maxLength": 3 } } }' },
    );
    expect(changes).toMatchObject([
      {
        position: { file: "schemas/order.json", line: 3, column: 12 },
        before: { file: "schemas/order.json", line: 2, column: 26 },
      },
    ]);
  });

  test("bindings and extensions that all topics share", async () => {
    const shared = (retention: number, wire: string) => `${head}x-wire: ${wire}
channels:
  a: { address: a, messages: { m: { payload: {} } }, bindings: { $ref: "#/components/channelBindings/b" } }
  b: { address: b, messages: { m: { payload: {} } }, bindings: { $ref: "#/components/channelBindings/b" } }
components: { channelBindings: { b: { kafka: { topicConfiguration: { retention.ms: ${retention} } } } } }
`;
    const { changes } = await compare(shared(1_209_600_000, "plain"), shared(86_400_000, "cloudevents"));
    expect(changes).toMatchObject([
      { rule: "wire-changed", position: { line: 3, column: 1 }, topics: ["a", "b"] },
      {
        ...{ rule: "retention-shortened", position: { line: 7 }, topics: ["a", "b"] },
        message: "retention.ms is 86400000 (24 hours), it was 1209600000 (14 days)",
      },
    ]);
  });
});

describe("versions", () => {
  const steps = async (before: string, after: string) => (await payloads(before, after)).steps;

  test("a new optional field is a minor step, words are a patch", async () => {
    const minor = { events: "minor", producer: "minor", consumer: "minor" };
    expect(await steps(order, order.replace("n:", "m: {}, n:"))).toEqual(minor);
    const patch = { events: "patch", producer: "patch", consumer: "patch" };
    expect(await steps(order, order.replace("integer }", "integer, title: N }"))).toEqual(patch);
  });

  test("an optional field that goes breaks no event, but the code that writes or reads it", async () => {
    const comparison = await payloads(order, order.replace(", n: { type: integer }", ""));
    expect(told(comparison)).toEqual(["compatible field-removed"]);
    expect(comparison.steps).toEqual({ events: "major", producer: "major", consumer: "major" });
  });

  test.each([
    ["1.2.3", "2.0.0"],
    ["0.2.3", "0.3.0"],
    ["one", null],
  ])("a breaking change after %s needs %s", async (version, needed) => {
    const text = withPayload("{ type: string }").replace("1.0.0", version);
    expect((await compare(text, text.replace("{ type: string }", "{ type: integer }"))).versions.needed).toBe(needed);
  });
});

test("a contract that breaks every rule it can is compared all the same", async () => {
  const broken = `${head}x-ordering: { d: { key: nonsense, partitioner: none } }
channels: { a: { address: 5, messages: { m: { payload: true } } }, n: { address: null }, o: { address: o, messages: { m: { payload: { type: 7, properties: [], required: x } } } }, b: 3, c: }
operations: { o: { action: sing }, p: 4 }
`;
  expect((await compare(broken, broken)).changes).toEqual([]);
  expect(told(await compare(broken, broken.replace("type: 7", "type: 8")))).toContain("breaking type-changed");
});
