import { loadContractSource } from "@keyline/contract/source";
import { expect, test } from "vitest";
import { compareContracts } from "../src/index.js";

const avro = (type: string) =>
  `{ schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { type: record, name: L, fields: [{ name: id, type: ${type} }] } }`;
const generated = "{ type: object, required: [id], properties: { id: { type: string } } }";

interface Written {
  readonly id?: string;
  readonly address?: string;
  readonly payload?: string;
  readonly partitions?: number;
  readonly retentionMs?: number;
}

const channel = ({ id = "legacy", address = "parcel.legacy", payload = avro("string"), ...rest }: Written) => `
  ${id}:
    address: ${address}
    messages: { Legacy: { payload: ${payload} } }
    bindings: { kafka: { partitions: ${rest.partitions ?? 3}, topicConfiguration: { retention.ms: ${rest.retentionMs ?? 1000} } } }`;

const sent = `
  sent:
    address: parcel.sent
    messages: { Sent: { payload: ${generated} } }`;

const document = (channels: string, operations = "") =>
  `asyncapi: 3.1.0\ninfo: { title: Parcels, version: 1.0.0 }\nchannels:${sent}${channels}\n${operations}`;

const load = async (text: string, files: { readonly [path: string]: string } = {}) => {
  const { source, diagnostics } = await loadContractSource("main.yaml", {
    readFile: async (path) =>
      path === "main.yaml" ? text : (files[path] ?? Promise.reject(new Error("no such file"))),
  });
  if (source === null) throw new Error(JSON.stringify(diagnostics));
  return source;
};

const compare = async (before: string, after: string) => compareContracts(await load(before), await load(after));

const verdicts = async (before: string, after: string) =>
  (await compare(before, after)).changes.map(({ rule, verdict, isDecided }) => [rule, verdict, isDecided]);

test("a document with what cannot be generated does not differ from itself", async () => {
  const text = document(channel({}) + channel({ id: "answer", address: "null" }));
  expect(await verdicts(text, text)).toEqual([]);
});

test("generated to opaque is one breaking change, with the operations that go with it", async () => {
  const operations = `operations: { o: { action: send, x-app: depot, channel: { $ref: "#/channels/legacy" } } }\n`;
  const before = document(channel({ payload: generated }), operations);
  const { changes, steps, goneNames } = await compare(before, document(channel({}), operations));
  expect(changes).toMatchObject([
    { rule: "channel-opaque", verdict: "breaking", topics: ["parcel.legacy"], apps: ["depot"], isDecided: true },
  ]);
  expect(changes[0]?.message).toContain("schema format");
  expect(steps).toEqual({ events: "major", producer: "major", consumer: "major" });
  expect(goneNames).toEqual(["message Legacy"]);
});

test("opaque to generated is compatible", async () => {
  const { changes, steps } = await compare(document(channel({})), document(channel({ payload: generated })));
  expect(changes).toMatchObject([{ rule: "channel-generated", verdict: "compatible" }]);
  expect(steps).toEqual({ events: "minor", producer: "minor", consumer: "minor" });
});

test("an opaque payload that changed is undecided, so breaking, and no reason for new packages", async () => {
  const { changes, steps } = await compare(document(channel({})), document(channel({ payload: avro("long") })));
  expect(changes).toMatchObject([{ rule: "opaque-changed", verdict: "breaking", isDecided: false }]);
  expect(steps).toEqual({ events: "none", producer: "none", consumer: "none" });
});

test("a file of another language that changed is a change", async () => {
  const text = document(
    channel({ payload: avro("string").replace(/schema: .*/, "schema: { $ref: ./legacy.avsc } }") }),
  );
  const before = await load(text, { "legacy.avsc": '{ "type": "string" }' });
  const after = await load(text, { "legacy.avsc": '{ "type": "long" }' });
  expect(compareContracts(before, after).changes.map(({ rule }) => rule)).toEqual(["opaque-changed"]);
});

test("topics that come, go, move and are set otherwise are told of as others are", async () => {
  const old = document(channel({}));
  expect(await verdicts(document(""), old)).toEqual([["topic-added", "compatible", true]]);
  expect(await verdicts(old, document(""))).toEqual([["topic-removed", "breaking", true]]);
  // No code is generated for it, so none can change.
  expect((await compare(old, document(""))).steps).toEqual({ events: "none", producer: "none", consumer: "none" });
  expect(await verdicts(old, document(channel({ id: "other" })))).toEqual([["topic-renamed", "compatible", true]]);
  expect(await verdicts(old, document(channel({ address: "parcel.other" })))).toEqual([
    ["address-changed", "breaking", true],
  ]);
  expect(await verdicts(old, document(channel({ partitions: 2 })))).toEqual([["partitions-changed", "breaking", true]]);
  expect(await verdicts(old, document(channel({ retentionMs: 10 })))).toEqual([
    ["retention-shortened", "breaking", true],
  ]);
});

test("a topic that is generated no longer and set otherwise is told of both", async () => {
  const before = document(channel({ payload: generated }));
  expect((await verdicts(before, document(channel({ partitions: 2 })))).map(([rule]) => rule).sort()).toEqual([
    "channel-opaque",
    "partitions-changed",
  ]);
});
