import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadContract } from "@keyline/contract";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Io, main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { planTopics } from "../src/topics/plan.js";
import { wantedTopics } from "../src/topics/wanted.js";

const folders: string[] = [];
let cwd = "";
let cluster = createMemoryCluster();

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-opaque-"));
  folders.push(cwd);
  cluster = createMemoryCluster();
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(cwd, { connect, ...more });
  const code = await main(args, io);
  return { code, ...io.written };
}

const object = "{ type: object, required: [id], properties: { id: { type: string } } }";
const avro = (type: string) =>
  `{ schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { type: record, name: Legacy, fields: [{ name: id, type: ${type} }] } }`;

/** A contract whose second channel has this payload. */
const contractWith = (legacy: string) => `asyncapi: 3.1.0
info: { title: Parcels, version: 1.0.0 }
x-ordering: { parcels: { key: $message.payload#/id, partitioner: murmur2 } }
channels:
  sent:
    address: parcel.sent
    bindings: { kafka: { partitions: 3 } }
    messages: { ParcelSent: { payload: ${object}, examples: [{ payload: { id: a } }] } }
  legacy:
    address: parcel.legacy
    x-ordering: none
    bindings: { kafka: { partitions: 2, replicas: 1, topicConfiguration: { retention.ms: 60000 } } }
    messages: { Legacy: { payload: ${legacy} } }
operations:
  sendSent: { action: send, x-app: depot, channel: { $ref: "#/channels/sent" } }
  sendLegacy: { action: send, x-app: depot, channel: { $ref: "#/channels/legacy" } }
`;

const write = (text: string, name = "asyncapi.yaml") => writeFile(join(cwd, name), text);
const configure = (keyline: object) => writeFile(join(cwd, "package.json"), JSON.stringify({ keyline }));

describe("check", () => {
  test("one warning with its place, how many messages and what to do; the count in the summary: 0", async () => {
    await write(contractWith(avro("string")));
    const { code, out } = await keyline(["check"]);
    expect(code).toBe(0);
    expect(out.match(/^asyncapi\.yaml:/gm)).toHaveLength(1);
    expect(out).toMatch(
      /^asyncapi\.yaml:13:\d+ warning schema-format {2}channel legacy with 1 message is left out: schema format "application\/vnd\.apache\.avro/m,
    );
    expect(out).toMatch(/^ {2}fix: write the schema/m);
    expect(out).toContain("asyncapi.yaml (1 topic, 1 ordering domain, 1 channel with 1 message left out): 1 warning\n");
    const report = JSON.parse((await keyline(["check", "--json"])).out);
    expect(report).toMatchObject({ ok: true, opaque: 1, summary: { errors: 0, warnings: 1 } });
  });

  test.each([
    ["--strict", {}, ["--strict"]],
    ["keyline.strict", { strict: true }, []],
  ])("with %s it is an error: 3", async (_, config, args) => {
    await write(contractWith(avro("string")));
    await configure(config);
    const { code, out } = await keyline(["check", ...args]);
    expect(code).toBe(3);
    expect(out).toMatch(/^asyncapi\.yaml:13:\d+ error schema-format {2}channel legacy/m);
  });

  test("keyline.strict that is not true or false is named", async () => {
    await configure({ strict: "yes" });
    const { code, log } = await keyline(["check"]);
    expect({ code, log }).toEqual({ code: 1, log: "error: package.json: keyline.strict is not true or false\n" });
  });

  test("a contract of which nothing can be generated says so: 0", async () => {
    await write(
      contractWith(avro("string"))
        .replace(/ {2}sent:\n.*\n.*\n.*\n/, "")
        .replace(/ {2}sendSent.*\n/, ""),
    );
    const { code, out } = await keyline(["check"]);
    expect(code).toBe(0);
    expect(out).toContain("warning kafka-missing  none of the document's Kafka channels can be generated");
    const generated = await keyline(["generate"]);
    expect(generated.code).toBe(0);
    expect(generated.log).toContain("warning kafka-missing");
    expect(generated.out).toMatch(
      / in packages: no topic, \d+ files, \d+ changed, 1 channel with 1 message left out\n$/,
    );
    expect(await readFile(join(cwd, "packages/producer/src/index.ts"), "utf8")).toContain("createProducer");
  });
});

describe("generate", () => {
  const topicFiles = async () => (await readdir(join(cwd, "packages/events/src/gen/topics"))).sort();

  test("the rest is generated, and what is left out is told", async () => {
    await write(contractWith(avro("string")));
    const { code, out, log } = await keyline(["generate"]);
    expect(code).toBe(0);
    expect(log).toContain("warning schema-format  channel legacy");
    expect(out).toContain("1 channel with 1 message left out");
    expect(await topicFiles()).toEqual(["sent.ts"]);
    expect((await keyline(["generate", "--check"])).code).toBe(0);
  });

  test("with --strict nothing is: 3", async () => {
    await write(contractWith(avro("string")));
    const { code, log } = await keyline(["generate", "--strict"]);
    expect(code).toBe(3);
    expect(log).toContain("error schema-format  channel legacy with 1 message cannot be generated: ");
    expect(await readdir(cwd)).toEqual(["asyncapi.yaml"]);
  });

  test("a function that was generated before does not go, unless it is told to: 3, and nothing is changed", async () => {
    await write(contractWith(object));
    expect((await keyline(["generate"])).code).toBe(0);
    await write(contractWith(avro("string")));
    const refused = await keyline(["generate"]);
    expect(refused).toMatchObject({ code: 3, out: "" });
    expect(refused.log).toContain("nothing was generated");
    expect(refused.log).toContain("  producer.legacy\n");
    expect(refused.log).toContain("keyline generate --allow-removed\n");
    expect(await topicFiles()).toEqual(["legacy.ts", "sent.ts"]);

    const checked = await keyline(["generate", "--check"]);
    expect(checked.code).toBe(3);
    expect(checked.out).toMatch(/^stale {4}packages\/events\/src\/gen\/topics\/legacy\.ts$/m);
    expect(checked.out).toMatch(/would break\n {2}producer\.legacy\n.*Run: keyline generate --allow-removed\n$/);

    expect((await keyline(["generate", "--allow-removed"])).code).toBe(0);
    expect(await topicFiles()).toEqual(["sent.ts"]);
  });
});

test("topics: it is created and changed as others are, without a dead-letter topic", async () => {
  await write(contractWith(avro("string")));
  const { contract } = await loadContract(join(cwd, "asyncapi.yaml"));
  if (contract === null) throw new Error("the contract has errors");
  const wanted = wantedTopics(contract, null);
  expect(wanted.map(({ name }) => name)).toEqual(["parcel.sent", "parcel.sent.dlq", "parcel.legacy"]);
  expect(wanted[2]).toEqual({
    ...{ name: "parcel.legacy", partitions: 2, replicas: 1, keyed: false, deadLettersOf: null },
    config: { "retention.ms": "60000" },
  });
  const there = { partitions: 2, replicas: 1, config: { "retention.ms": "5" } };
  expect(planTopics(wanted.slice(2), new Map([["parcel.legacy", there]]), 1)).toMatchObject([{ kind: "config" }]);
});

describe("doctor", () => {
  test("counts it with the contract", async () => {
    await write(contractWith(avro("string")));
    expect((await keyline(["doctor"])).out).toMatch(
      /^ok {4}contract .*: 1 topic, 1 ordering domain, 1 channel with 1 message left out, 1 warning$/m,
    );
  });

  test("with --strict there is something to do", async () => {
    await write(contractWith(avro("string")));
    const { code, out } = await keyline(["doctor", "--strict"]);
    expect(code).toBe(3);
    expect(out).toMatch(/^todo {2}contract .*1 error: run keyline check asyncapi\.yaml --strict$/m);
  });
});

test("docs: an entry says why it has no types; with --strict nothing is written: 3", async () => {
  await write(contractWith(avro("string")));
  expect((await keyline(["docs", "--strict"])).code).toBe(3);
  expect(await readdir(cwd)).toEqual(["asyncapi.yaml"]);
  expect((await keyline(["docs"])).code).toBe(0);
  const index = await readFile(join(cwd, "docs/contract/README.md"), "utf8");
  expect(index).toContain("## Not generated");
  expect(index).toMatch(
    /^\| `parcel\.legacy` \| .*schema format .* cannot be generated\..* \| `Legacy` \| 2 \| 1 minute \|$/m,
  );
});

function createTopics(legacy = 2) {
  const config = { "min.insync.replicas": "1", "retention.ms": "60000" };
  for (const name of ["parcel.sent", "parcel.sent.dlq"])
    cluster.createTopic(name, { partitions: 3, replicas: 1, config });
  if (legacy > 0) cluster.createTopic("parcel.legacy", { partitions: legacy, replicas: 1, config });
}

const produce = (topic: string, partition: number, value: string, key: string | null = null) =>
  cluster.faults.produce({
    ...{ topic, partition, value: Buffer.from(value) },
    ...{ key: key === null ? null : Buffer.from(key) },
  });

describe("audit", () => {
  beforeEach(() => write(contractWith(avro("string"))));

  test("its records are counted and not judged: a line, and 0", async () => {
    createTopics();
    for (const partition of [0, 1, 1]) produce("parcel.legacy", partition, "\u0000\u0001");
    const { code, out } = await keyline(["audit"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Not judged\n {2}parcel\.legacy {2}3 records: schema format .* cannot be generated$/m);
    expect(out).toContain("0 records of 1 topic in");
    const report = JSON.parse((await keyline(["audit", "--json"])).out);
    expect(report).toMatchObject({ complete: true, findings: 0 });
    expect(report.records.notJudged).toMatchObject([{ topic: "parcel.legacy", records: 3 }]);
  });

  test.each([
    ["--strict", {}, ["--strict"]],
    ["keyline.strict", { strict: true }, []],
  ])("with %s: 1, and what was read is judged all the same", async (_, config, args) => {
    createTopics();
    await configure(config);
    produce("parcel.legacy", 0, "x");
    produce("parcel.sent", 0, "not JSON");
    const { code, out } = await keyline(["audit", ...args]);
    expect(code).toBe(1);
    expect(out).toContain("Not judged");
    expect(out).toContain("of what could be read: ");
    expect(out).toContain("record-not-json");
  });

  test("that it is missing on the cluster is a finding, as of any topic", async () => {
    createTopics(0);
    const { code, out } = await keyline(["audit"]);
    expect(code).toBe(3);
    expect(out).toContain("topic-unknown parcel.legacy");
    expect(out).not.toContain("Not judged");
  });

  test("asked for alone, it is refused with the reason, and others are audited without it", async () => {
    createTopics();
    const { code, log } = await keyline(["audit", "--topic", "parcel.legacy"]);
    expect(code).toBe(2);
    expect(log).toMatch(/^error: the records of parcel\.legacy cannot be read: schema format/);
    expect((await keyline(["audit", "--topic", "parcel.sent"])).out).not.toContain("Not judged");
  });
});

test("trace says that it is not traced; asked for, it is refused with the reason", async () => {
  await write(contractWith(avro("string")));
  createTopics();
  const { code, out } = await keyline(["trace", "a"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^not traced: parcel\.legacy, which is in no domain: schema format .* cannot be generated$/m);
  expect(JSON.parse((await keyline(["trace", "a", "--json"])).out).notTraced).toMatchObject([
    { topic: "parcel.legacy" },
  ]);
  const refused = await keyline(["trace", "a", "--topic", "parcel.legacy"]);
  expect(refused).toMatchObject({
    code: 2,
    log: expect.stringContaining("the records of parcel.legacy cannot be read"),
  });
});

test("skew refuses it with the reason", async () => {
  await write(contractWith(avro("string")));
  createTopics();
  const refused = await keyline(["skew", "--topic", "parcel.legacy"]);
  expect(refused).toMatchObject({
    code: 2,
    log: expect.stringContaining("the records of parcel.legacy cannot be read"),
  });
});

describe("diff", () => {
  const diff = async (before: string, after: string) => {
    await mkdir(join(cwd, "old"));
    await write(before, "old/asyncapi.yaml");
    await write(after);
    return keyline(["diff", "--against", "old/asyncapi.yaml"]);
  };

  test("generated to opaque: 3", async () => {
    const { code, out } = await diff(contractWith(object), contractWith(avro("string")));
    expect(code).toBe(3);
    expect(out).toContain("breaking channel-opaque  topic parcel.legacy can no longer be generated");
  });

  test("opaque to generated: 0", async () => {
    const { code, out } = await diff(contractWith(avro("string")), contractWith(object));
    expect(code).toBe(0);
    expect(out).toContain("compatible channel-generated");
  });

  test("an opaque payload that changed is undecided: 3", async () => {
    const { code, out } = await diff(contractWith(avro("string")), contractWith(avro("long")));
    expect(code).toBe(3);
    expect(out).toContain("breaking opaque-changed");
    expect(out).toContain("neither a proof nor a counterexample was found");
  });
});

test.each([
  "schema-format",
  "message-missing",
  "address-null",
  "address-missing",
  "ordering-opaque",
  "channel-opaque",
  "channel-generated",
  "opaque-changed",
])("explain %s: its page", async (id) => {
  const { code, out } = await keyline(["explain", id]);
  expect(code).toBe(0);
  expect(out).toContain(`# ${id}\n`);
});
