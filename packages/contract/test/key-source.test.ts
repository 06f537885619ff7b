// A declared key: where it comes from, or what is said where nothing says it.
import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../src/index.js";
import { inline } from "./inline.js";

const head = `asyncapi: 3.0.0
info: { title: Parcels, version: 1.0.0 }
servers: { k: { host: "b.example:9092", protocol: kafka } }
`;

interface Fields {
  readonly [name: string]: string;
}

const payload = (fields: Fields, required: readonly string[] = Object.keys(fields)) => {
  const properties = Object.entries(fields).map(([name, schema]) => `${name}: ${schema}`);
  return `{ type: object, required: [${required.join(", ")}], properties: { ${properties.join(", ")} } }`;
};

const message = (written: string, key: string | null) =>
  `{ payload: ${written}${key === null ? "" : `, bindings: { kafka: { key: ${key} } }`} }`;

/** A channel takes one line, the first of them line 5; messages are called M, N. */
const channels = (all: { readonly [id: string]: readonly string[] }, more: { readonly [id: string]: string } = {}) => {
  const lines = Object.entries(all).map(([id, messages]) => {
    const named = messages.map((one, index) => `${"MN"[index]}: ${one}`).join(", ");
    return `  ${id}: { address: topic.${id}, ${more[id] ?? ""}messages: { ${named} } }`;
  });
  return `${head}channels:\n${lines.join("\n")}\n`;
};

const load = async (text: string) => {
  const { contract, diagnostics } = await inline(text);
  const found = diagnostics.filter(({ rule, severity }) => rule === "key-source" || severity === "error");
  return { contract, said: found.map(formatDiagnostic), found };
};

const parcelKey = "{ type: string, description: the parcel id }";

test("a declared key without a source is told with the line that would fit", async () => {
  const { contract, said } = await load(channels({ good: [message(payload({ id: "{ type: string }" }), parcelKey)] }));
  expect(said).toEqual([
    "main.yaml:5:151 warning key-source  records of topic.good carry no key: message M declares one (string: the parcel id), and nothing says which field it is\n" +
      "  fix: add this line to the root of the contract\n" +
      "    x-ordering: { good: { key: $message.payload#/id, partitioner: murmur2 } }",
  ]);
  expect(contract?.channels).toMatchObject([{ domain: null }]);
});

test("the line that is printed does it", async () => {
  const text = channels({ "good-one": [message(payload({ "a~b c": "{ type: string }" }), "{ description: a~b c }")] });
  const { found } = await load(text);
  expect(found[0]?.lines).toEqual([
    'x-ordering: { good-one: { key: "$message.payload#/a~0b c", partitioner: murmur2 } }',
  ]);
  const { contract, said } = await load(`${text}${found[0]?.lines?.[0]}\n`);
  expect(said).toEqual([]);
  expect(contract?.domains).toMatchObject([{ name: "good-one", keyPath: ["a~b c"], channels: ["good-one"] }]);
});

describe("candidates", () => {
  const linesFor = async (messages: readonly string[]) => {
    const { found } = await load(channels({ c: messages }));
    return (found[0]?.lines ?? []).map((line) => line.replace(/^.*#\//, "/").replace(", partitioner: murmur2 } }", ""));
  };

  test("are those that every message requires first, then those that are liker", async () => {
    const fields = { parcelId: "{ type: string }", id: "{ type: string }", parcel_id: "{ type: string }" };
    expect(await linesFor([message(payload(fields, ["id"]), parcelKey)])).toEqual([
      "/id",
      "/parcelId # once it is required in every message",
      "/parcel_id # once it is required in every message",
    ]);
  });

  test("are told which of them other messages of the topic lack", async () => {
    const one = message(payload({ parcelId: "{ type: string }", id: "{ type: string }" }), parcelKey);
    expect(await linesFor([one, message(payload({ id: "{ type: string }" }), null)])).toEqual([
      "/id",
      "/parcelId # once every message has it",
    ]);
  });

  test("are found by the schema that they share with the key, by description, and below an envelope", async () => {
    const text = `${channels({ c: [message(payload({ a: "{ type: string, description: parcel of the sender }", b: "{ type: string }" }), "{ title: Sender parcel }")] })}`;
    expect((await load(text)).found[0]?.lines).toHaveLength(1);
    const shared = `${channels({
      c: [
        message(
          payload({ id: "{ type: string }", x: '{ $ref: "#/components/schemas/S" }' }),
          '{ $ref: "#/components/schemas/S" }',
        ),
      ],
    })}components: { schemas: { S: { type: string } } }\n`;
    expect((await load(shared)).found[0]?.lines).toEqual([expect.stringContaining("payload#/x,")]);
    expect(await linesFor([message(payload({ data: payload({ parcelId: "{ type: string }" }) }), parcelKey)])).toEqual([
      "/data/parcelId",
    ]);
  });

  test("have a type and a format that the key can have, and are not the id of an event", async () => {
    const key = (fields: Fields, schema: string) => linesFor([message(payload(fields), schema)]);
    expect(await key({ id: "{ type: string }", number: "{ type: integer }" }, "{ type: integer }")).toEqual([
      "/number",
    ]);
    expect(
      await key(
        { a_id: "{ type: string, format: email }", b_id: "{ type: string, format: uuid }", c_id: "{ type: number }" },
        "{ type: string, format: uuid }",
      ),
    ).toEqual(["/b_id"]);
    expect(await key({ event_id: "{ type: string }", order_id: "{ type: string }" }, "{ type: string }")).toEqual([
      "/order_id",
    ]);
  });

  test("may be none: then it is said what is missing", async () => {
    const { said } = await load(channels({ c: [message(payload({ name: "{ type: string }" }), "{ type: string }")] }));
    expect(said).toEqual([
      "main.yaml:5:149 warning key-source  records of topic.c carry no key: message M declares one (string), and nothing says which field it is\n" +
        "  fix: declare the key in the payload of every message, as a required string or integer, and name it in x-ordering; or write x-ordering: none in the channel",
    ]);
  });
});

test("it is told once a channel, whatever the number of its messages, and of several channels that others need a word", async () => {
  const one = message(payload({ id: "{ type: string }" }), parcelKey);
  const { found } = await load(channels({ a: [one, one], b: [one] }));
  expect(found.map(({ line }) => line)).toEqual([5, 6]);
  expect(found[0]?.fix).toBe(
    "add this line to the root of the contract, and x-ordering: none to each channel that it is not for",
  );
});

test("nothing is said where x-ordering says it: a domain, or none", async () => {
  const one = message(payload({ id: "{ type: string }" }), parcelKey);
  const ordering = "x-ordering: { d: { key: $message.payload#/id, partitioner: fnv1a } }\n";
  expect((await load(`${channels({ a: [one] })}${ordering}`)).said).toEqual([]);
  expect((await load(channels({ a: [one] }, { a: "x-ordering: none, " }))).said).toEqual([]);
});

describe("x-runtime-expression in a key binding", () => {
  const from = (expression: string) => `{ type: string, x-runtime-expression: "${expression}" }`;
  const byId = message(payload({ id: "{ type: string }" }), from("$message.payload#/id"));

  test("makes each such channel a domain of its own, by its id", async () => {
    const { contract, said } = await load(
      channels({ a: [byId], b: [byId], c: [message(payload({ id: "{ type: string }" }), null)] }),
    );
    expect(said).toEqual([]);
    expect(contract?.channels.map(({ id, domain }) => [id, domain])).toEqual([
      ["a", "a"],
      ["b", "b"],
      ["c", null],
    ]);
    expect(contract?.domains).toMatchObject([
      {
        ...{ name: "a", partitioner: "murmur2", keyExpression: "$message.payload#/id", keyPath: ["id"] },
        ...{ keyType: "string", maxKeyBytes: null, channels: ["a"] },
      },
      { name: "b", channels: ["b"] },
    ]);
  });

  test("is not followed where it cannot be, and that is a warning: the channel is unkeyed as before", async () => {
    const optional = message(payload({ id: "{ type: string }" }, []), from("$message.payload#/id"));
    const header = message(payload({ id: "{ type: string }" }), from("$message.header#/id"));
    const otherwise = message(payload({ n: "{ type: string }" }), from("$message.payload#/n"));
    const { contract, said } = await load(channels({ a: [optional], b: [header], c: [byId, otherwise] }));
    expect(contract?.domains).toEqual([]);
    expect(said).toEqual([
      "main.yaml:5:164 warning key-source  records of topic.a carry no key: the key id of domain a is optional in message M\n" +
        "  fix: add id to the list of required fields, in every branch",
      'main.yaml:6:166 warning key-source  records of topic.b carry no key: "$message.header#/id" does not lead to a field of the payload\n' +
        "  fix: point into the payload, e.g. $message.payload#/id",
      "main.yaml:7:346 warning key-source  records of topic.c carry no key: its messages take it from $message.payload#/id and from $message.payload#/n\n" +
        "  fix: take it from the same field in every message of the topic",
    ]);
  });

  test("gives way to x-ordering, with a warning where that names another field", async () => {
    const both = message(payload({ id: "{ type: string }", n: "{ type: string }" }), from("$message.payload#/n"));
    const ordering = "x-ordering: { d: { key: $message.payload#/id, partitioner: fnv1a } }\n";
    const { contract, said } = await load(`${channels({ a: [both] })}${ordering}`);
    expect(contract?.domains).toMatchObject([{ name: "d", keyPath: ["id"] }]);
    expect(said).toEqual([
      "main.yaml:5:190 warning key-source  message M takes its key from $message.payload#/n, and its domain d from $message.payload#/id, which holds\n" +
        "  fix: remove x-runtime-expression, or correct the one that is wrong",
    ]);
    expect((await load(channels({ a: [both] }, { a: "x-ordering: none, " }))).contract?.domains).toEqual([]);
  });
});
