import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { head, inline, oneMessage } from "./inline.js";

const payloadOf = (ref: string, rest = "") => oneMessage(`{ payload: { $ref: ${JSON.stringify(ref)} } }`, rest);

test("a recursive schema keeps its name and refers to itself", async () => {
  const components =
    'components: { schemas: { Tree: { type: object, properties: { child: { $ref: "#/components/schemas/Tree" } } } } }';
  const { contract } = await inline(payloadOf("#/components/schemas/Tree", components));
  expect(contract?.schemas).toMatchObject([
    { name: "Tree", schema: { type: "object", properties: { child: { $ref: "#/schemas/Tree" } } } },
  ]);
});

test("schemas that nothing refers to are left out", async () => {
  const components = "components: { schemas: { Used: { type: string }, Unused: { type: string } } }";
  const { contract } = await inline(payloadOf("#/components/schemas/Used", components));
  expect(contract?.schemas.map(({ name }) => name)).toEqual(["Used"]);
});

test("references into local files get names from the file and the pointer", async () => {
  const files = {
    "schemas/user.yaml":
      'type: object\nproperties:\n  home: { $ref: "./common.json#/definitions/Address" }\n  boss: { $ref: "#" }\n',
    "schemas/common.json": '{ "definitions": { "Address": { "type": "object", "title": "Address" } } }',
  };
  const { contract, broken } = await inline(payloadOf("./schemas/user.yaml"), files);
  expect(broken).toEqual([]);
  expect(contract?.channels[0]?.messages[0]?.payload).toEqual({ $ref: "#/schemas/user" });
  expect(contract?.schemas).toMatchObject([
    { name: "common_Address", position: { file: "schemas/common.json", line: 1 } },
    {
      name: "user",
      position: { file: "schemas/user.yaml", line: 1, column: 1 },
      schema: { properties: { home: { $ref: "#/schemas/common_Address" }, boss: { $ref: "#/schemas/user" } } },
    },
  ]);
});

test("a derived name gives way to a component's", async () => {
  const files = { "User.yaml": "type: string\n" };
  const components = "components: { schemas: { User: { type: object, properties: { file: { $ref: ./User.yaml } } } } }";
  const { contract } = await inline(payloadOf("#/components/schemas/User", components), files);
  expect(contract?.schemas.map(({ name }) => name)).toEqual(["User", "User_2"]);
});

test("a pointer may lead through other references", async () => {
  const files = { "order.yaml": "type: object\nproperties: { id: { type: integer } }\n" };
  const channels =
    'channels: { a: { address: a, messages: { m: { payload: { $ref: order.yaml } }, n: { payload: { $ref: "#/channels/a/messages/m/payload/properties/id" } } } } }';
  const { contract, broken } = await inline(`${head}${channels}`, files);
  expect(broken).toEqual([]);
  expect(contract?.schemas.map(({ name, schema }) => [name, schema])).toContainEqual(["order_id", { type: "integer" }]);
});

test("files that refer to each other in a circle load", async () => {
  const files = {
    "a.yaml": "type: object\nproperties: { b: { $ref: b.yaml } }\n",
    "b.yaml": "type: object\nproperties: { a: { $ref: a.yaml } }\n",
  };
  const { contract, broken } = await inline(payloadOf("a.yaml"), files);
  expect(broken).toEqual([]);
  expect(contract?.schemas.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("references that only lead to each other are unresolved", async () => {
  const files = { "a.yaml": "$ref: b.yaml\n", "b.yaml": "$ref: a.yaml\n" };
  const { diagnostics } = await inline(payloadOf("a.yaml"), files);
  expect(diagnostics.filter(({ rule }) => rule === "ref-unresolved")).toMatchObject([
    { file: "main.yaml", line: 3 },
    { file: "a.yaml", line: 1, column: 7 },
    { file: "b.yaml", line: 1, column: 7 },
  ]);
});

const broken: readonly (readonly [situation: string, ref: string, reason: string])[] = [
  ["a missing file", "nope.yaml", "there is no such file"],
  ["a missing pointer", "#/components/schemas/Nope", 'there is no "components"'],
  ["a malformed pointer", "#/~2", "its pointer is malformed"],
  ["a bad percent code", "#/%zz", "its pointer is malformed"],
  ["the whole contract", "#", "it means the whole contract"],
];

test.each(broken)("%s is reported where the reference stands", async (_, ref, reason) => {
  const { diagnostics } = await inline(payloadOf(ref));
  const found = diagnostics.filter(({ severity }) => severity === "error");
  expect(found).toMatchObject([{ rule: "ref-unresolved", file: "main.yaml", line: 3 }]);
  expect(found[0]?.message).toContain(reason);
});

test("a mistake in a referred file is reported there", async () => {
  const { diagnostics } = await inline(payloadOf("bad.yaml"), { "bad.yaml": "type: object\ntype: string\n" });
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ rule: "yaml-syntax", file: "bad.yaml", line: 2, column: 1 }),
  );
});

test("a schema that the parser lets through in a referred file is reported there", async () => {
  const files = { "bad.yaml": 'type: object\nproperties:\n  a: { type: string, pattern: "[" }\n' };
  const { diagnostics } = await inline(payloadOf("bad.yaml"), files);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ rule: "schema-invalid", file: "bad.yaml", line: 3, column: 31 }),
  );
});

test.each(["ftp://host/x", "urn:x:y", "//host/x", "https://host/x#/y"])("%s is remote", async (ref) => {
  expect((await inline(payloadOf(ref))).broken).toEqual(["ref-remote"]);
});

test("copies of remote files have names of their own, and none that of a file that is there", async () => {
  const urls = [
    ...["https://a.example/pay/main/main.yaml#/x", "https://a.example/bill/main/main.yaml#/x"],
    ...["https://a.example/one.json", "https://a.example/order?v=1", "https://a.example/order?v=2"],
  ];
  const messages = urls.map((url, index) => `m${index}: { payload: { $ref: "${url}" } }`).join(", ");
  const { diagnostics } = await inline(`${head}channels: { a: { address: a, messages: { ${messages} } } }\n`);
  const remote = diagnostics.filter(({ rule }) => rule === "ref-remote");
  expect(diagnostics.filter(({ rule }) => rule === "asyncapi/invalid-ref")).toEqual([]);
  expect(remote.map(({ fix }) => fix?.split("write ")[1])).toEqual([
    '$ref: "./pay-main-main.yaml#/x"',
    '$ref: "./bill-main-main.yaml#/x"',
    '$ref: "./one.json"',
    ...['$ref: "./3-https-a.example-order-schema.json"', '$ref: "./4-https-a.example-order-schema.json"'],
  ]);
});

test("nothing is fetched, whatever refers to a server", async () => {
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    response.end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/schema.json`;
  const bindings = `bindings: { kafka: { key: { $ref: "${url}#/key" } } }`;
  const examples = `examples: [{ payload: { $ref: "${url}" } }]`;
  const { broken: rules } = await inline(
    oneMessage(`{ payload: { $schema: "${url}", $ref: "${url}" }, ${bindings}, ${examples} }`),
  );
  await new Promise((closed) => server.close(closed));
  expect(rules).toContain("ref-remote");
  expect(urls).toEqual([]);
});

test("what looks like a reference in data is data", async () => {
  const payload = '{ type: object, properties: { $ref: { const: { $ref: "#/info" } } } }';
  const { contract } = await inline(oneMessage(`{ payload: { type: object, properties: { a: ${payload} } } }`));
  expect(contract?.channels[0]?.messages[0]?.payload).toMatchObject({
    properties: { a: { properties: { $ref: { const: { $ref: "#/info" } } } } },
  });
});

test.each(["#/__proto__", "#/constructor/prototype", "#/info/title/constructor/prototype", "#/channels/c/constructor"])(
  "$ref %s leads nowhere, and leaves what all objects inherit as it was",
  async (ref) => {
    const { broken: rules } = await inline(payloadOf(ref));
    expect(rules).toContain("ref-unresolved");
    for (const { prototype } of [Object, Array, String, Function]) expect(Object.isFrozen(prototype)).toBe(false);
    expect(Object.isFrozen(Object)).toBe(false);
  },
);
