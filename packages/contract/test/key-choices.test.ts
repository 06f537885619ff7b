// Choosing the key of a contract that leaves it open: which fields it may be, and the contract with the choice in it.
import { describe, expect, test } from "vitest";
import { parseContract } from "../src/index.js";
import { readKeyChoices } from "../src/source.js";

const block = `asyncapi: 3.0.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { host: "b.example:9092", protocol: kafka } }
# What happens to parcels.
channels:
  sent:
    address: parcel.sent # the first
    messages: { Sent: { payload: { type: object, required: [parcelId], properties: { parcelId: { type: string } } } } }
  lost: { address: parcel.lost, messages: { Lost: { $ref: "messages.yaml#/Lost" } } }
  log:
    address: log
    messages: { Line: { payload: { type: string } } }
`;
const files: { readonly [name: string]: string } = {
  "messages.yaml":
    "Lost: { payload: { type: object, required: [parcelId], properties: { parcelId: { type: string } } } }\n",
};

const reading = (text: string) => async (path: string) => (path === "main.yaml" ? text : (files[path] ?? ""));
const choicesOf = async (text: string) => {
  const choices = await readKeyChoices("main.yaml", { readFile: reading(text) });
  if (choices === null) throw new Error("the document cannot be read");
  return choices;
};

const written = async (text: string, field: string) => {
  const choices = await choicesOf(text);
  const choice = choices.choose(field);
  const changed = (choice && choices.write(choice).get("main.yaml")) ?? "";
  const { contract, diagnostics } = await parseContract(changed, { file: "main.yaml", readFile: reading(changed) });
  return { changed, contract, errors: diagnostics.filter(({ severity }) => severity === "error") };
};

test("the fields that are likely, those of most channels first, with the channels that could have them", async () => {
  const { isDecided, likely } = await choicesOf(block);
  expect(isDecided).toBe(false);
  expect(likely).toEqual([
    {
      ...{ path: ["parcelId"], expression: "$message.payload#/parcelId" },
      ...{ channels: ["sent", "lost"], others: ["log"] },
    },
  ]);
});

test.each(["parcelId", "/parcelId", "$message.payload#/parcelId"])("a field may be called %s", async (field) => {
  expect((await choicesOf(block)).choose(field)?.path).toEqual(["parcelId"]);
});

test.each(["", "/", "nothing", "$message.header#/parcelId", "parcelId/x"])("%j is not a key here", async (field) => {
  expect((await choicesOf(block)).choose(field)).toBeNull();
});

describe("the contract with its choice", () => {
  test("keeps every other line, in YAML of lines and of braces", async () => {
    const { changed, contract, errors } = await written(block, "parcelId");
    expect(changed).toBe(
      block
        .replace(
          "channels:\n",
          "x-ordering:\n  parcelId:\n    key: $message.payload#/parcelId\n    partitioner: murmur2\nchannels:\n",
        )
        .replace("    address: log", "    x-ordering: none\n    address: log"),
    );
    expect(errors).toEqual([]);
    expect(contract?.domains).toMatchObject([{ name: "parcelId", channels: ["sent", "lost"] }]);
  });

  test("is JSON where it was", async () => {
    const payload = { type: "object", required: ["id"], properties: { id: { type: "integer" } } };
    const json = JSON.stringify(
      {
        ...{ asyncapi: "3.0.0", info: { title: "J", version: "1.0.0" } },
        channels: {
          a: { address: "a", messages: { M: { payload } } },
          b: { address: "b", messages: { M: { payload: { type: "string" } } } },
        },
      },
      null,
      2,
    );
    const { changed, contract } = await written(json, "id");
    expect(JSON.parse(changed)).toMatchObject({ "x-ordering": { id: {} }, channels: { b: { "x-ordering": "none" } } });
    expect(contract?.domains).toMatchObject([{ name: "id", keyType: "integer", channels: ["a"] }]);
  });

  test("keys topics of one number of partitions alone", async () => {
    const kafka = (count: number) => `bindings: { kafka: { partitions: ${count} } }, `;
    const payload = "payload: { type: object, required: [id], properties: { id: { type: string } } }";
    const channel = (id: string, count: number) =>
      `  ${id}: { address: ${id}, ${kafka(count)}messages: { M: { ${payload} } } }\n`;
    const text = `asyncapi: 3.0.0\ninfo: { title: P, version: 1.0.0 }\nchannels:\n${channel("a", 3)}${channel("b", 6)}${channel("c", 6)}`;
    const { contract, errors } = await written(text, "id");
    expect(errors).toEqual([]);
    expect(contract?.domains).toMatchObject([{ channels: ["b", "c"], partitions: 6 }]);
  });
});

test("is decided where x-ordering or a key binding says it", async () => {
  const ordering = `${block}x-ordering: { d: { key: $message.payload#/parcelId, partitioner: fnv1a } }\n`;
  expect(await choicesOf(ordering)).toMatchObject({ isDecided: true, likely: [] });
  const key = "{ type: string, x-runtime-expression: $message.payload#/parcelId }";
  const bound = block.replace("{ payload:", `{ bindings: { kafka: { key: ${key} } }, payload:`);
  expect(await choicesOf(bound)).toMatchObject({ isDecided: true });
});
